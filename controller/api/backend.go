package api

import "context"

// Backend is what the handler asks. All methods may be called at once, and
// return soon after ctx ended.
type Backend interface {
	// Status waits until the revision is above after and returns the
	// picture. When ctx ends first it returns the current one, without an
	// error. Revisions begin at 1, so that 0 never waits.
	Status(ctx context.Context, after uint64) (Status, error)

	// Command hands verb, one of the Verb constants, to the decision. A
	// *Refusal says that nothing changed, and why. VerbBegin and VerbLock
	// also work for an app that is not known yet.
	Command(ctx context.Context, app, verb string, c Command) (Accepted, error)

	// Wait returns once the app's generation is confirmed or undone. When ctx
	// ends first the Outcome is Pending. A *Refusal says that there is no
	// such app.
	Wait(ctx context.Context, app string, generation uint64) (Outcome, error)

	// Record returns what the judge was told of the app's release, of one
	// service or, for "", of all together. A *Refusal says that there is none.
	Record(ctx context.Context, app, service string) (Record, error)

	// History returns the newest limit events, oldest first, of one app or,
	// for "", of all.
	History(ctx context.Context, app string, limit int) ([]Event, error)
}

// Refusal is the error for a request that was understood and will not be
// carried out. Text says what is wrong and what to do.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return r.Text }
