package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// fall takes traffic away from a color that cannot answer, as long as the
// other one can. With both dead nothing moves.
func (t *turn) fall() {
	if t.app.Active == "" {
		return
	}
	active, other := t.app.Active, t.app.Active.Other()
	switch s := t.app.side(other); {
	case t.givesWay(active, other):
		if s.Services == nil { // not complete yet, but all that is left
			s.Services = t.servingServices(other)
		}
		t.switchTo(other, Demoted, Fell, fmt.Sprintf("%s fell: %s", active, t.why(active)), bg)
		t.excuse(active)
	case s.Role == Candidate && s.Services != nil && t.inSight(active) && t.givesWay(other, active):
		cause := t.why(other)
		s.Role, s.At, s.Cause = Demoted, t.in.Now, cause
		t.app.Weight, t.app.Held = 0, false
		t.record(Fell, fmt.Sprintf("%s fell: %s", other, cause), bg)
	}
}

// excuse makes the former active color a candidate if it fell because it is
// being replaced: the containers that come have not failed anybody.
func (t *turn) excuse(c labels.Color) {
	if len(t.members.of(c)) > 0 && (slices.Contains(t.anew, c) || t.renewed(c)) {
		t.released(c)
	}
}

// givesWay reports whether color c cannot answer for all it should while to
// can, or has nothing at all while to has something.
func (t *turn) givesWay(c, to labels.Color) bool {
	if t.able(c) {
		return false
	}
	if t.proven(to) {
		return true
	}
	// Without users nothing tells what was ready before it got out of sight.
	left := t.any(c) || t.app.Share(c) == 0 && slices.ContainsFunc(t.members.of(c), t.holding)
	return !left && t.any(to) && (t.inSight(to) || !t.silent(c))
}

// silent reports whether what speaks against the color is silence. One that is
// not heard either is no better, though it is not found out yet.
func (t *turn) silent(c labels.Color) bool {
	return slices.ContainsFunc(t.members.of(c), func(m *Container) bool { return m.Silent })
}

// inSight reports whether anything of the color was seen to be ready. The
// routing of an active color of which nothing was stays as it is, so one that
// gets out of sight then is in the route without ever having been better.
func (t *turn) inSight(c labels.Color) bool {
	return slices.ContainsFunc(t.members.of(c), (*Container).ready)
}

// traffic gives the release its users.
func (t *turn) traffic() Step {
	c := t.app.Run.Color
	if t.app.Active != c && t.fit() {
		t.rise()
	} else if t.app.Active != c && t.app.underWay() {
		t.healthy(time.Hour) // it is not: what was counted up to now stays
	}
	if t.app.Active != c {
		return Traffic
	}
	return Verify
}

// rise moves traffic to the color of the release, which has passed all that
// comes before: to the first color of an app at once, to a later one if its
// labels leave that to bg, and up the ladder of its canary if it has one.
func (t *turn) rise() {
	c := t.app.Run.Color
	switch s := t.app.side(c); {
	case s.Role != Candidate || t.in.Blind:
	case t.app.Active == "":
		t.switchTo(c, "", Promoted, string(c)+" is the first color to be ready", bg)
		// Two colors that were both there before bg: neither is newer.
		if o := t.app.side(c.Other()); o.Role == Candidate && t.proven(c.Other()) {
			o.Role, o.At, o.Cause = Standby, t.in.Now, "was ready beside "+string(c)
		}
	case t.exposed(c) && t.holder() == c:
		t.switchTo(c, Standby, Promoted, string(c)+" runs the exclusive services", bg)
	case t.app.Held, !t.automatic(c):
	case t.climb(c):
		t.switchTo(c, Standby, Promoted, string(c)+" is ready", bg)
	}
	t.evidence = nil
}

// climb gives a canary the share of its next step once it was healthy for
// its interval at the one before, and reports whether it has passed them all.
func (t *turn) climb(c labels.Color) bool {
	steps, interval := t.ladder(c)
	if t.app.Run.Revived {
		return true
	}
	for t.app.Run.Rung < len(steps) {
		if rung := t.app.Run.Rung; t.app.Weight < steps[rung] {
			t.stepTo(rung, steps, fmt.Sprintf("canary step %d of %d", rung+1, len(steps)), bg)
			return false
		}
		if !t.healthy(interval) || !t.evident(c) {
			return false
		}
		t.edit(func(r *Run) { r.Rung, r.Healthy, r.Spent = r.Rung+1, Observed{}, Observed{} })
	}
	return true
}

// ladder returns the steps and the interval of the color's canary: those of
// its first container that names any.
func (t *turn) ladder(c labels.Color) ([]int, time.Duration) {
	for _, m := range t.members.of(c) {
		if m.valid() && len(m.Spec.Canary.Steps) > 0 {
			return m.Spec.Canary.Steps, m.Spec.Canary.Interval
		}
	}
	return nil, 0
}

// automatic reports whether every container of the color leaves promotion
// to bg, or an operator has asked for it already.
func (t *turn) automatic(c labels.Color) bool {
	return t.app.releasing(c) && t.app.Run.Revived || !slices.ContainsFunc(t.members.of(c), func(m *Container) bool {
		return m.Spec.Promote == labels.Manual
	})
}

// switchTo makes c the active color and gives the former one its new role.
func (t *turn) switchTo(c labels.Color, former Role, change Change, cause, actor string) {
	t.join() // what got ready in this very moment falls too
	if old := t.app.Active; old != "" {
		if t.app.Holder == "" && len(t.exclusives(old))+len(t.exclusives(c)) > 0 {
			t.app.Holder = old // until they are handed over
		}
		o := t.app.side(old)
		o.Role, o.At, o.Cause = former, t.in.Now, cause
		if change != Fell { // else what joined it without ever being ready is not to blame
			o.Release = o.Seen
		}
	}
	s := t.app.side(c)
	s.Role, s.At, s.Cause, s.Release = Active, t.in.Now, cause, s.Seen
	t.app.Active, t.app.Weight, t.app.Held = c, 0, false
	t.record(change, cause, actor)
}

// latch demotes a color that is not active with all that is seen of it: its
// containers get traffic again only by an operator's force or when there is
// nothing else.
func (t *turn) latch(c labels.Color, cause string) {
	s := t.app.side(c)
	s.Role, s.At, s.Cause = Demoted, t.in.Now, cause
	if len(s.Seen) > 0 {
		s.Release = s.Seen
	}
}

func (t *turn) servingServices(c labels.Color) []string {
	var up []*Container
	for _, m := range t.members.of(c) {
		if t.serving(m) {
			up = append(up, m)
		}
	}
	return services(up)
}

// abort takes back what the proxy refused, if what was there before can
// still answer.
func (t *turn) abort() {
	undo := t.app.Undo
	if undo == nil || t.in.Refused == 0 || t.app.Generation > t.in.Refused {
		return
	}
	if undo.Active != "" && !t.proven(undo.Active) {
		return
	}
	weight := 0
	if c := undo.Active.Other(); c != "" && undo.Active == t.app.Active && t.app.side(c).Role == Candidate && t.proven(c) {
		weight = undo.Weight
	}
	t.app.Undo = nil
	if undo.Active == t.app.Active && weight == t.app.Weight {
		return // what changed cannot be taken back
	}
	cause := fmt.Sprintf("generation %d was not taken over: %s", t.app.Generation, brief(t.in.Reason))
	if t.app.Active != undo.Active {
		loser := t.app.Active
		t.app.Active = undo.Active
		t.latch(loser, cause)
		if undo.Active != "" {
			s := t.app.side(undo.Active)
			s.Role, s.At, s.Cause = Active, t.in.Now, cause
		}
	}
	// What the proxy refused once, only an operator tries again.
	t.app.Held = t.app.Active != "" && t.app.side(t.app.Active.Other()).Role == Candidate
	t.app.Weight, t.aborted = weight, true
	t.record(Aborted, cause, bg)
}
