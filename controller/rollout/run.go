package rollout

import (
	"fmt"
	"time"

	"bg/labels"
)

// Run is one release on its way from the lock to the end of the old color,
// or the one that ended last. It is immutable once it is in a State.
type Run struct {
	ID      string `json:",omitempty"` // as in label bg.release; "" for containers that nobody deployed with bg
	Digest  string `json:",omitempty"` // of what is released
	Color   labels.Color
	Step    Step      // where it is, or where it ended
	Begun   time.Time // also since when it keeps other releases away
	Entered time.Time // when Step began
	By      string
	Message string  `json:",omitempty"`
	Outcome Outcome `json:",omitempty"` // "" while it is under way
	Cause   string  `json:",omitempty"` // of Outcome
	Live    bool    `json:",omitempty"` // all traffic was confirmed to go to it
	Keep    bool    `json:",omitempty"` // leave its containers if it fails
	Revived bool    `json:",omitempty"` // a retired release that an operator went back to

	Created int  `json:",omitempty"` // containers that the client made for it; 0 until it says so
	Tested  bool `json:",omitempty"` // the smoke tests of this step passed
	Rung    int  `json:",omitempty"` // steps of the canary's ladder that are behind it
	Asked   bool `json:",omitempty"` // an operator asked for the contract hooks
	Changed bool `json:",omitempty"` // a contract hook was started: the old color's database is gone
	Tidied  bool `json:",omitempty"` // nothing of a failed release is left to stop
	Hook    string
	HookAt  time.Time // when Hook, a container's ID, was first to be started
	Idle    time.Time // since when no color runs its exclusive services, in the handover
	Healthy Observed  // of this step
	Overdue bool      `json:",omitempty"` // a hook of the demoted color ran out of its time
}

// Step is how far a Run has come.
type Step string

// The steps, in their order. One without work is passed at once.
const (
	Clear    Step = "clear"    // the standby of the release before is drained and stopped
	Prepare  Step = "prepare"  // the client creates the containers
	Expand   Step = "expand"   // hooks that add to the database
	Start    Step = "start"    // all containers must get ready
	Smoke    Step = "smoke"    // tests before any traffic
	Handover Step = "handover" // exclusive services: the old ones stop, then the new ones start
	Traffic  Step = "traffic"  // at once, in steps, or by an operator
	Verify   Step = "verify"   // confirmed live, then tests through the proxy
	Soak     Step = "soak"     // the old color stays warm
	Retire   Step = "retire"   // the old color is stopped
	Contract Step = "contract" // hooks that take away from the database
)

var order = map[Step]int{
	Clear: 0, Prepare: 1, Expand: 2, Start: 3, Smoke: 4, Handover: 5,
	Traffic: 6, Verify: 7, Soak: 8, Retire: 9, Contract: 10,
}

// Valid reports whether s is one of the steps.
func (s Step) Valid() bool { _, known := order[s]; return known }

func (s Step) before(o Step) bool { return order[s] < order[o] }

// Outcome is how a Run ended.
type Outcome string

// The outcomes.
const (
	Done           Outcome = "done"
	Failed         Outcome = "failed"    // before any traffic
	TimedOut       Outcome = "timed-out" // not ready within bg.deadline
	DemotedOutcome Outcome = "demoted"   // failed its tests, or was taken back
	Superseded     Outcome = "superseded"
)

// Lock keeps new releases of an app away.
type Lock struct {
	By      string
	Since   time.Time
	Message string
}

// underWay reports whether the app's release has not ended.
func (a *App) underWay() bool { return a.Run != nil && a.Run.Outcome == "" }

// releasing reports whether a release of color c is under way.
func (a *App) releasing(c labels.Color) bool { return a.underWay() && a.Run.Color == c }

// edit changes the run. A Run in a State is never touched.
func (t *turn) edit(change func(*Run)) {
	run := *t.app.Run
	change(&run)
	t.app.Run = &run
}

// enter moves the run to a step.
func (t *turn) enter(s Step) {
	t.edit(func(r *Run) {
		r.Step, r.Entered = s, t.in.Now
		r.Tested, r.Healthy, r.Hook = false, Observed{}, ""
	})
}

// begin makes r the app's run. One that was live makes way for it.
func (t *turn) begin(r Run) {
	if t.app.underWay() {
		t.end(Superseded, "a newer release began")
	}
	r.Begun, r.Entered = t.in.Now, t.in.Now
	t.app.Run = &r
	if r.ID != "" {
		t.record(Begun, orElse(r.Message, "release "+r.ID), r.By)
	}
}

// end closes the run. What is left of it is tidied up by what Decide does
// next.
func (t *turn) end(o Outcome, cause string) {
	t.edit(func(r *Run) { r.Outcome, r.Cause, r.Hook = o, brief(cause), "" })
	if t.app.Run.ID != "" {
		t.record(Ended, fmt.Sprintf("%s at %s: %s", o, t.app.Run.Step, brief(cause)), bg)
	}
}

// fail ends a run whose color may not go on. Traffic goes back to the other
// color if it has any and that one can take it; without one it stays.
func (t *turn) fail(o Outcome, cause string) {
	c := t.app.Run.Color
	other := t.app.Active.Other()
	switch s := t.app.side(c); {
	case t.app.Active != c && s.Role == Candidate:
		t.app.Weight, t.app.Held = 0, false
		t.latch(c, brief(cause))
		t.record(Fell, fmt.Sprintf("%s fell: %s", c, brief(cause)), bg)
	case t.app.Active == c && t.app.side(other).Role == Standby && t.proven(other):
		t.switchTo(other, Demoted, Fell, fmt.Sprintf("%s fell: %s", c, brief(cause)), bg)
	}
	t.end(o, cause)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
