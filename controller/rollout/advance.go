package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// prepareLimit is how long a client may take to bring up what is shared and
// to create the containers of its release.
const prepareLimit = 30 * time.Minute

// advance moves the release on through every step that is done, but not
// beyond the beginning of until, if that is given. It does nothing while no
// release is under way.
func (t *turn) advance(until Step) {
	t.adopt()
	t.follow()
	for t.app.underWay() && (until == "" || t.app.Run.Step.before(until)) {
		was := t.app.Run
		next := t.step()
		if !t.app.underWay() || next == was.Step {
			break
		}
		t.enter(next)
	}
}

// release goes through the steps and works out the route by turns: what
// comes after the traffic was moved depends on whether that changed the
// route, and a test that fails there moves it again.
func (t *turn) release() {
	const rounds = 4 // more than any order of events can need
	for range rounds {
		run, active, weight := t.app.Run, t.app.Active, t.app.Weight
		t.advance("")
		t.join()
		t.route()
		if t.placed = (shares{t.app.Active, t.app.Weight}); run == t.app.Run && active == t.app.Active && weight == t.app.Weight {
			return
		}
	}
}

// shares is which color has which share.
type shares struct {
	active labels.Color
	weight int
}

// announce notes in the history at which step the release has come to stand.
func (t *turn) announce() {
	if r, was := t.app.Run, t.was.Run; t.app.underWay() && r.ID != "" && (was == nil || was.ID != r.ID || was.Step != r.Step) {
		t.record(Stepped, fmt.Sprintf("%s: %s", r.Step, orElse(t.pending(), "begun")), bg)
	}
}

// step does what the step of the run asks for and returns the next step, or
// the same one if it has to wait.
func (t *turn) step() Step {
	r := t.app.Run
	c, other := r.Color, r.Color.Other()
	switch r.Step {
	case Clear:
		if !t.stopAll(c) {
			return Clear
		}
		return Prepare
	case Prepare:
		if r.Created == 0 || t.created() < r.Created {
			if t.late(prepareLimit) {
				t.fail(Failed, "its client did not create the containers within "+prepareLimit.String())
			}
			return Prepare
		}
		return Expand
	case Expand:
		return t.hooks(labels.HookExpand, Failed, Start)
	case Start:
		return t.start()
	case Smoke:
		if !t.smoke("direct") {
			return Smoke
		}
		return t.hooks(labels.HookSmoke, DemotedOutcome, Handover)
	case Handover:
		return t.handover()
	case Traffic:
		t.rise()
		if t.app.Active != c {
			return Traffic
		}
		return Verify
	case Verify:
		if t.placed != (shares{t.app.Active, t.app.Weight}) || t.app.Generation > t.confirmed || t.app.Undo != nil {
			return Verify
		}
		if !t.app.Run.Live {
			t.edit(func(r *Run) { r.Live = true })
		}
		if !t.smoke("proxy") {
			return Verify
		}
		return t.hooks(labels.HookPromoted, DemotedOutcome, Soak)
	case Soak:
		if t.app.side(other).Role != Standby || len(t.members.of(other)) == 0 {
			return Retire
		}
		if len(t.members.of(c)) == 0 || !t.healthy(t.longest(c, func(s *labels.Spec) time.Duration { return s.Soak })) {
			return Soak
		}
		return Retire
	case Retire:
		return t.retire()
	}
	return t.contract()
}

// adopt begins a run for a candidate that nobody deployed with bg: Compose
// alone has started it. The same gates hold for it.
func (t *turn) adopt() {
	for _, c := range labels.Colors {
		if t.app.side(c).Role != Candidate || t.app.releasing(c) || len(t.members.of(c)) == 0 {
			continue
		}
		switch r := t.app.Run; {
		case !t.app.underWay() || !r.Step.before(Soak) || r.ID == "" && r.Step == Verify:
		case t.app.Active == "" && r.ID == "" && t.app.side(r.Color).Services == nil && t.app.side(c).Services != nil:
			// Of two that were there before bg, the one that is ready leads.
		default:
			continue // one after the other
		}
		t.begin(Run{ID: t.releaseOf(c), Color: c, Step: Start, By: "compose"})
	}
}

// releaseOf returns the release that all containers of the color belong to
// by their labels, or "".
func (t *turn) releaseOf(c labels.Color) string {
	id := ""
	for i, m := range t.members.of(c) {
		if i > 0 && m.Spec.Release != id {
			return ""
		}
		id = m.Spec.Release
	}
	return id
}

// follow ends a run whose color was taken back or is gone.
func (t *turn) follow() {
	if !t.app.underWay() {
		return
	}
	r := t.app.Run
	s := t.app.side(r.Color)
	switch {
	case r.Step.before(Start):
	case s.Role == Demoted:
		t.end(DemotedOutcome, s.Cause)
	case !r.Step.before(Verify) && t.app.Active != r.Color:
		t.end(DemotedOutcome, orElse(s.Cause, "it is not the active color any more"))
	case len(t.members.of(r.Color)) == 0 && t.app.Active != r.Color && (r.ID == "" || Start.before(r.Step)):
		t.end(Failed, "its containers are gone")
	}
}

// start waits until the color is ready.
func (t *turn) start() Step {
	r := t.app.Run
	c := r.Color
	if t.app.Run.Revived {
		for _, m := range t.members.of(c) {
			if !t.parked(m) && !m.runs() && t.refused(m) {
				t.fail(Failed, fmt.Sprintf("container %s could not be started: %s", m.Name, t.in.Failures[m.ID]))
				return Start
			}
		}
	}
	s := t.app.side(c)
	if s.Services != nil && t.covers(c, (*Container).ready) && t.settledIn(c) {
		return Smoke
	}
	// The first color of an app that was there before bg may take its time:
	// there is nothing else.
	if limit := t.deadline(c); (r.ID != "" || t.app.Active != "") && t.app.Active != c && t.late(limit) {
		t.fail(TimedOut, fmt.Sprintf("not ready within %s: %s", limit, t.why(c)))
	}
	return Start
}

// settledIn reports whether all of the color belongs to the run, as far as
// the labels tell. Compose may still be replacing some.
func (t *turn) settledIn(c labels.Color) bool {
	id := t.app.Run.ID
	return id == "" || t.app.Active == c || !slices.ContainsFunc(t.members.of(c), func(m *Container) bool {
		return m.valid() && m.Spec.Release != id
	})
}

// created counts the containers of the run, hooks among them.
func (t *turn) created() int {
	n := 0
	for _, all := range [][]*Container{t.members.of(t.app.Run.Color), t.hooksOf(t.app.Run.Color)} {
		for _, m := range all {
			if m.Spec.Release == t.app.Run.ID || !m.valid() {
				n++
			}
		}
	}
	return n
}

// healthy counts the time in which the run's color answered for all of it,
// and reports whether that is enough.
func (t *turn) healthy(goal time.Duration) bool {
	r := t.app.Run
	o, enough := t.watch(r.Healthy, t.proven(r.Color), goal)
	if o != r.Healthy {
		t.edit(func(r *Run) { r.Healthy = o })
	}
	return enough
}

// late reports whether the step takes longer than limit, and else has it
// looked at again in time.
func (t *turn) late(limit time.Duration) bool {
	end := t.app.Run.Entered.Add(limit)
	if !t.in.Now.Before(end) {
		return true
	}
	t.wake = earliest(t.wake, end)
	return false
}

// deadline is the time in which color c must get ready.
func (t *turn) deadline(c labels.Color) time.Duration {
	const otherwise = 10 * time.Minute // the label's default, for labels that cannot be read
	if d := t.longest(c, func(s *labels.Spec) time.Duration { return s.Deadline }); d > 0 {
		return d
	}
	return otherwise
}

// longest returns the largest of what the labels of the color ask for.
func (t *turn) longest(c labels.Color, of func(*labels.Spec) time.Duration) time.Duration {
	var d time.Duration
	for _, m := range t.members.of(c) {
		if m.valid() {
			d = max(d, of(m.Spec))
		}
	}
	return d
}
