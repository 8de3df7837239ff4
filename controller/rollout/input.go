package rollout

import "time"

// Input is everything that a decision depends on besides the State.
type Input struct {
	Now      time.Time
	World    *World    // nil: nothing is known of Docker yet
	Commands []Command // in order of arrival
	// Confirmed is the highest generation that the proxy was seen to serve.
	Confirmed uint64
	// Refused is a generation that the proxy, up and answering, did not take
	// over although it was written twice. 0: none.
	Refused uint64
	Reason  string // of Refused

	Proxy    *Proxy    // what it can do; nil: not known yet
	Blind    bool      // the last look at Docker failed: time passes unobserved
	Verdicts []Verdict // of smoke tests that ended
	// Judgments are what the traffic of releases says of them, by app.
	Judgments map[string]Judgment
	Failures  map[string]string // containers that could not be started or stopped -> why
	Policy    *Policy           // what the operator has laid down; nil: nothing
}

// Verb is what an operator asks for.
type Verb string

// The verbs.
const (
	Promote  Verb = "promote"
	Canary   Verb = "canary"
	Rollback Verb = "rollback"

	Deploy      Verb = "begin"    // a release
	Proceed     Verb = "proceed"  // its containers are created
	GiveUp      Verb = "abort"    // they could not be
	PutLock     Verb = "lock"     // keep new releases away
	LiftLock    Verb = "unlock"   // let them come again
	AskContract Verb = "contract" // run the contract hooks

	Pause Verb = "pause"  // automation waits
	GoOn  Verb = "resume" // it does not wait any more
)

// Command is one request of an operator.
type Command struct {
	ID      string // echoed in the Reply
	App     string
	Verb    Verb
	Percent int  // of Canary: 0 to 100
	Force   bool // also for a demoted color
	Full    bool // of Promote: skip what is left of the canary's steps
	From    *int // of Promote: the percent that the color had when it was asked for; nil: not known
	Actor   string

	Digest     string // of Deploy: what is released
	Release    string // of Proceed and GiveUp: its ID
	Message    string // of Deploy, GiveUp and PutLock
	Keep       bool   // of Deploy: leave the containers if it fails
	Containers int    // of Proceed: how many there are to see
}

// Reply answers one Command. Either Refusal is set and nothing changed, or
// the change will be live with the app's Generation.
type Reply struct {
	ID         string
	Refusal    string // what is wrong and what to do; "" if it was accepted
	Message    string // what will be: "green gets 10% of shop"
	Generation uint64
	Run        *Run // that a Deploy or a Rollback began or found
}

// Plan is what shall happen after the new State is saved.
type Plan struct {
	Routing *Routing // nil if the routing did not change
	Events  []Event
	Replies []Reply
	Actions []Action  // all that are wanted now, those under way included
	Wake    time.Time // decide again then, even if nothing happens; zero: no need
}

// Event is one line of the history.
type Event struct {
	Time       time.Time
	App        string
	Generation uint64
	Change     Change
	Active     string // the color that users get after it
	Blue       int    // percent of users after it
	Green      int
	Cause      string
	Actor      string // "bg" or who commanded
	Release    string `json:",omitempty"` // ID of the release that it is about
	// Judgment holds the numbers, where traffic led to the change.
	Judgment *Judgment `json:",omitempty"`
}

// Change is the kind of an Event.
type Change string

// The changes.
const (
	Appeared   Change = "candidate" // a new release was seen
	GotReady   Change = "ready"     // it may take traffic
	Promoted   Change = "promote"
	Shifted    Change = "canary"
	RolledBack Change = "rollback"
	Fell       Change = "demote"
	Replaced   Change = "replace" // the active color's containers are all new
	Aborted    Change = "abort"   // the proxy did not take the change over
	Forgotten  Change = "forget"
	Begun      Change = "begin"    // a release
	Stepped    Change = "step"     // the release has come to a step that takes time
	Ended      Change = "end"      // the release
	HandedOver Change = "handover" // of exclusive services
	Withdrawn  Change = "retire"   // the color is stopped
	Locked     Change = "lock"
	Unlocked   Change = "unlock"
	Halted     Change = "pause"  // automation waits for an operator
	Resumed    Change = "resume" // it goes on
	Alarmed    Change = "alarm"  // users get errors, and nothing is there to go back to
	Denied     Change = "refuse" // its labels ask for what is another app's
)
