// Package eyes lets releases go bad in every way that bg promises to notice, on
// real Docker and real Traefik and under load, and counts what became of the
// requests. A command and the tests run the same scenarios.
//
// In each trial a fresh green stands beside an old blue, with half of the users
// or, in soak, with all of them. Then it is struck. Most requests are GETs; a
// tenth are POSTs, each with an id of its own that both colors write down as it
// arrives. The load sends nothing twice, so an id that arrived twice was sent
// again by somebody on the way.
package eyes

import (
	"context"
	"time"

	"bg/e2e/internal/stack"
)

// The colors of each trial.
const (
	old    = "blue"
	struck = "green"
)

// Scenario is one way for a release to go bad.
type Scenario struct {
	Name string // for the command line
	Text string // what happens, for people

	// Bound is the time from the strike until green is out: until its last
	// request was sent, and until Traefik was seen to serve a routing without
	// it. 0: there is no promise, the time is told.
	Bound time.Duration

	Lossless bool          // no GET may fail, from the first to the last
	Soak     bool          // green has all users and blue is its standby; else each has half
	Calm     time.Duration // of load after green is out; default 1.5s

	labels map[string]string // of both colors
	memory string            // limit of green
	before []string          // for `app control`, of both colors before there are users
	strike func(ctx context.Context, s *stack.Stack, container string) error
	mend   func(ctx context.Context, s *stack.Stack, container string) error // when all users have given up; nil: nothing
}

// outLimit is how long a trial waits for green to be out at all.
const outLimit = 20 * time.Second
