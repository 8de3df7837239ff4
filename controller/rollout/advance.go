package rollout

import (
	"fmt"

	"bg/labels"
)

// advance moves the release on through every step that is done, but not
// beyond the beginning of until, if that is given. It does nothing while no
// release is under way.
func (t *turn) advance(until Step) {
	t.adopt()
	t.follow()
	for t.app.underWay() && (until == "" || t.app.Run.Step.before(until)) {
		next := t.step()
		if !t.app.underWay() || next == t.app.Run.Step {
			break
		}
		t.enter(next)
	}
}

// release takes traffic away from what can't answer, goes through the steps
// and works out the route, by turns: what comes after the traffic was moved
// depends on whether that changed the route, and a test that fails there
// moves it again.
func (t *turn) release() {
	const rounds = 8 // more than any order of events can need
	for range rounds {
		before := t.app
		t.actions = nil // what was wanted at a standing that is past
		for _, c := range labels.Colors {
			t.getReady(c) // a handover may have been all that it waited for
		}
		t.fall()
		t.heed()
		t.advance("")
		t.reclaim()
		t.join()
		t.route()
		t.drain()
		t.placed = shares{t.app.Active, t.app.Weight}
		if t.app.equal(&before) {
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
	switch t.app.Run.Step {
	case Clear:
		return t.clear()
	case Prepare:
		return t.prepare()
	case Expand:
		return t.hooks(labels.HookExpand, Failed, Start)
	case Start:
		return t.start()
	case Smoke:
		if !t.fit() || !t.smoke("direct") {
			return Smoke
		}
		return t.hooks(labels.HookSmoke, TakenBack, Handover)
	case Handover:
		return t.handover()
	case Traffic:
		return t.traffic()
	case Verify:
		return t.verify()
	case Soak:
		return t.soak()
	case Retire:
		return t.retire()
	}
	return t.contract()
}

// verify waits until the proxy serves the release to all, and then has it
// tested from there.
func (t *turn) verify() Step {
	if t.placed != (shares{t.app.Active, t.app.Weight}) || t.app.Generation > t.confirmed || t.app.Undo != nil {
		return Verify
	}
	if !t.app.Run.Live {
		t.edit(func(r *Run) { r.Live = true })
	}
	if !t.smoke("proxy") {
		return Verify
	}
	return t.hooks(labels.HookPromoted, TakenBack, Soak)
}

// fit reports whether the release's color can answer for all of it. If it
// can't for as long as it had to get ready, the release is over.
func (t *turn) fit() bool {
	if t.proven(t.app.Run.Color) {
		return true
	}
	t.bound("not ready", t.why)
	return false
}

// bound ends the run once its step has waited for its color for bg.deadline.
// The first color of an app that Compose alone has started may take its
// time: there is nothing else, and nobody waits for an answer.
func (t *turn) bound(fault string, why func(labels.Color) string) {
	r := t.app.Run
	seen := t.known(r.Color) && (r.Step != Handover || t.known(r.Color.Other()))
	if limit := t.deadline(r.Color); (r.ID != "" || t.app.Active != "") && t.late(limit, seen) {
		t.fail(TimedOut, fmt.Sprintf("%s within %s: %s", fault, limit, why(r.Color)))
	}
}
