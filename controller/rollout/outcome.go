package rollout

import (
	"fmt"

	"bg/labels"
)

// Outcome is how a Run ended.
type Outcome string

// The outcomes.
const (
	Done       Outcome = "done"
	Failed     Outcome = "failed"     // before any traffic, or a contract hook
	TimedOut   Outcome = "timed-out"  // not ready within bg.deadline
	TakenBack  Outcome = "demoted"    // failed its tests, or was taken back
	Superseded Outcome = "superseded" // it was live when a newer one began
)

// bad reports whether the release did not make it.
func (o Outcome) bad() bool { return o == Failed || o == TimedOut || o == TakenBack }

// end closes the run. What is left of it is tidied up by what Decide does
// next.
func (t *turn) end(o Outcome, cause string) {
	t.edit(func(r *Run) { r.Outcome, r.Ended, r.Cause, r.Hook, r.Spent = o, t.in.Now, brief(cause), "", Observed{} })
	if t.app.Run.ID != "" {
		t.record(Ended, fmt.Sprintf("%s at %s: %s", o, t.app.Run.Step, brief(cause)), bg)
	}
}

// fail ends a run whose color may not go on. Traffic goes back to the other
// color if it has any and that one can take it; without one it stays.
func (t *turn) fail(o Outcome, cause string) {
	c, active := t.app.Run.Color, t.app.Active
	fell := fmt.Sprintf("%s fell: %s", c, brief(cause))
	switch s, other := t.app.side(c), c.Other(); {
	case active == c && t.app.side(other).Role == Standby && t.proven(other):
		t.switchTo(other, Demoted, Fell, fell, bg)
		if len(s.Seen) > 0 {
			s.Release = s.Seen // it failed as a whole, what joined it included
		}
	case active == c || s.Role != Candidate:
	case t.app.Weight > 0 && t.any(c) && !t.any(active):
		t.switchTo(c, Demoted, Fell, fmt.Sprintf("%s fell: %s", active, t.why(active)), bg)
	default:
		t.app.Weight, t.app.Held = 0, false
		t.latch(c, brief(cause))
		t.record(Fell, fell, bg)
	}
	t.end(o, cause)
}

// aftermath is what a run that failed leaves to do: its hooks for that case
// run, all others of it are stopped, and so are its containers if it never
// had users. Whoever had them may hold what explains the failure.
func (t *turn) aftermath() {
	r := t.app.Run
	if r == nil || !r.Outcome.bad() {
		return
	}
	if r.Outcome == TakenBack && !r.Mourned && t.app.Active != r.Color {
		t.mourn()
	}
	if r.ID != "" {
		if t.app.Active != "" && t.holder() != r.Color {
			for _, m := range t.exclusives(r.Color) {
				t.halt(m) // its start may have been under way when the release ended
			}
		}
		for _, m := range t.hooksOf(r.Color) {
			if m.valid() && m.Spec.Release == r.ID && m.ID != t.app.Run.Hook {
				t.halt(m)
			}
		}
	}
	// What Compose alone has started is not bg's to stop.
	own := r.ID != "" || r.Revived
	if !own || r.Keep || r.Tidied || !r.Step.before(Traffic) || t.app.side(r.Color).Role != Demoted {
		return
	}
	if t.stopAll(r.Color) {
		t.edit(func(r *Run) { r.Tidied = true })
	}
}

// mourn runs the hooks for a demotion. The release has its outcome already:
// one of them that fails is noted, no more.
func (t *turn) mourn() {
	done, fault := t.runHooks(labels.HookDemoted, true)
	if fault != "" {
		t.record(Fell, "after the demotion: "+brief(fault), bg)
	}
	if done || fault != "" {
		t.edit(func(r *Run) { r.Mourned, r.Hook = true, "" })
	}
}
