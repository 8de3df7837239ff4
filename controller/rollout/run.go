package rollout

import (
	"time"

	"bg/labels"
)

// Run is one release on its way from the lock to the end of the old color,
// or the one that ended last. It is immutable once it is in a State.
type Run struct {
	ID      string `json:",omitempty"` // as in label bg.release; "" for containers that nobody deployed with bg
	Digest  string `json:",omitempty"` // of what is released
	Color   labels.Color
	By      string
	Message string    `json:",omitempty"`
	Begun   time.Time // also since when it keeps other releases away
	Keep    bool      `json:",omitempty"` // leave its containers if it fails
	Revived bool      `json:",omitempty"` // a retired color that an operator went back to

	Step    Step      // where it is, or where it ended
	Entered time.Time // when Step began
	Outcome Outcome   `json:",omitempty"` // "" while it is under way
	Cause   string    `json:",omitempty"` // of Outcome
	Ended   time.Time // when it got its Outcome
	Anew    int       `json:",omitempty"` // how often other containers took the place of its own
	Live    bool      `json:",omitempty"` // all traffic was confirmed to go to it

	Created  int  `json:",omitempty"` // containers that the client made for it; 0 until it says so
	Promoted bool `json:",omitempty"` // an operator let the handover of what users see begin
	Asked    bool `json:",omitempty"` // an operator asked for the contract hooks

	// Of Step, anew with each:
	Tested  bool      `json:",omitempty"` // its smoke tests passed
	Hook    string    `json:",omitempty"` // ID of the hook container under way: those before it ended well
	Rung    int       `json:",omitempty"` // steps of the canary's ladder that are behind it
	Doubt   string    `json:",omitempty"` // why bg itself has it wait at the step
	Idle    time.Time // since when no color runs its exclusive services
	Healthy Observed  // in which the color answered for all of it
	Spent   Observed  // of what limits the step, or the hook under way

	// What is left to do after the end:
	Mourned bool `json:",omitempty"` // the hooks for a demotion are over
	Tidied  bool `json:",omitempty"` // nothing of it is left to stop
}

// Step is how far a Run has come.
type Step string

// The steps, in their order. One without work is passed at once.
const (
	Clear    Step = "clear"    // what stands in the color is drained and stopped
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
		r.Tested, r.Hook, r.Rung, r.Doubt, r.Idle = false, "", 0, "", time.Time{}
		r.Healthy, r.Spent = Observed{}, Observed{}
	})
}

// begin makes r the app's run. One that was live makes way for it.
func (t *turn) begin(r Run) {
	if t.app.underWay() {
		t.end(Superseded, "a newer release began")
	}
	r.Begun, r.Entered = t.in.Now, t.in.Now
	t.app.Run = &r
	if t.app.Holder == r.Color && t.app.Active != r.Color {
		t.app.Holder = t.app.Active // a release before it failed with them: they wait for their turn again
	}
	if r.ID != "" {
		t.record(Begun, orElse(r.Message, "release "+r.ID), r.By)
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
