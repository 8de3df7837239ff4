package rollout

import (
	"fmt"
	"slices"

	"bg/labels"
)

// adopt begins a run for a candidate that no bg deploy is about: Compose
// alone has started it, or the state was lost. The same gates hold for it.
func (t *turn) adopt() {
	for _, c := range labels.Colors {
		if t.app.side(c).Role != Candidate || t.app.releasing(c) || len(t.members.of(c)) == 0 {
			continue
		}
		switch r := t.app.Run; {
		case !t.app.underWay():
		case r.Hook != "":
			continue // it is in the database
		case !r.Step.before(Soak) || r.ID == "" && r.Step == Verify:
		case t.app.Active == "" && r.ID == "" && !t.proven(r.Color) && t.proven(c):
			// Of two that were there before bg, the one that is ready leads.
		default:
			continue // one after the other
		}
		t.begin(Run{Color: c, Step: Start, By: "compose"})
	}
}

// follow ends a run whose color was taken back or is gone.
func (t *turn) follow() {
	if !t.app.underWay() {
		return
	}
	r := t.app.Run
	s := t.app.side(r.Color)
	switch {
	case r.Step == Clear && t.app.Active == r.Color:
		// What was to make way is all that users have got.
		t.end(Failed, fmt.Sprintf("%s had to take all users before it was cleared: run bg deploy again", r.Color))
	case r.Step.before(Expand):
	case s.Role == Demoted, s.Role == Standby && r.Step.before(Verify):
		t.end(TakenBack, s.Cause)
	case !r.Step.before(Verify) && t.app.Active != r.Color:
		t.end(TakenBack, orElse(s.Cause, "it is not the active color any more"))
	case len(t.members.of(r.Color)) > 0 || t.app.Active == r.Color || r.ID != "" && !Start.before(r.Step):
	case t.app.Share(r.Color) > 0:
		t.fail(Failed, "its containers are gone")
	default:
		t.end(Failed, "its containers are gone")
	}
}

// replaced has the release of color c take up again at the step from, since
// other containers stand there than those that passed the steps up to now.
// If they are of no release of bg's, that is another one.
func (t *turn) replaced(c labels.Color, from Step) {
	r := t.app.Run
	if !t.app.releasing(c) || r.Step.before(Start) {
		return
	}
	const cause = "its containers were replaced by others"
	switch foreign := r.ID != "" && t.releaseOf(c) != r.ID; {
	case foreign && t.app.Active == c:
		t.end(Superseded, cause)
		t.begin(Run{Color: c, Step: from, By: "compose"})
	case foreign:
		t.end(Failed, cause)
	default:
		t.enter(from)
		t.edit(func(r *Run) { r.Live, r.Promoted, r.Anew = false, false, r.Anew+1 })
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

// leftover reports whether all that came to the demoted color since are
// containers of the release that failed there: its client was still at it.
// They share its fate.
func (t *turn) leftover(c labels.Color) bool {
	r, s := t.app.Run, t.app.side(c)
	if r == nil || r.ID == "" || r.Color != c || !r.Outcome.bad() || s.Role != Demoted {
		return false
	}
	return !slices.ContainsFunc(t.members.of(c), func(m *Container) bool {
		return m.Spec.Release != r.ID && !has(s.Release, m.ID)
	})
}
