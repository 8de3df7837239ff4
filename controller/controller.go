// Package controller is the loop that owns the state: it hears of Docker,
// of operators and of Traefik, decides, saves, publishes and confirms, in
// that order.
//
// One goroutine, Run's own, holds the state; everybody else gets immutable
// snapshots. Nothing is published that was not saved, and nothing is stopped
// that Traefik was not seen to have left.
package controller

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/controller/store"
	"bg/controller/traefik"
)

// Limits of the loop.
const (
	confirmLimit = 5 * time.Second  // for Traefik to take a change over, each try
	retryPause   = time.Second      // after a save or a write that failed
	checkPeriod  = 30 * time.Second // between looks at Traefik's set-up
	queueLength  = 64               // commands waiting to be decided
)

// Config is what a Controller works with. Watch, Confirm and Check are the
// methods of docker.Observer and traefik.Client.
type Config struct {
	Version   string // shown in the status
	Store     *store.Store
	Publisher *traefik.Publisher
	Watch     func(ctx context.Context, deliver func(docker.Look)) error
	Confirm   func(ctx context.Context, generation uint64) error
	Check     func(ctx context.Context) (traefik.Info, []traefik.Problem)
	// Start and Stop act on one container, by its ID; Entrypoints tells where
	// Traefik takes users in. They are the methods of docker.Actor and
	// traefik.Client.
	Start       func(ctx context.Context, id string) error
	Stop        func(ctx context.Context, id string) error
	Entrypoints func(ctx context.Context) ([]traefik.Entrypoint, error)
	Log         *slog.Logger
}

// Controller decides what Traefik serves. Make it with New; Run it once.
type Controller struct {
	Config
	commands chan request
	board    *board
}

// New loads nothing and starts nothing.
func New(c Config) *Controller {
	return &Controller{Config: c, commands: make(chan request, queueLength), board: newBoard()}
}

// Run owns the state until ctx is done, and returns after everything it
// started has ended. An error means that it could not begin.
func (c *Controller) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()

	l, err := newLoop(ctx, c, &wg)
	if err != nil {
		return err
	}
	looks := newMailbox[docker.Look]()
	checks := newMailbox[setup]()
	wg.Go(func() {
		if err := c.Watch(ctx, looks.put); err != nil && ctx.Err() == nil {
			c.Log.Error("the watch on Docker ended", "error", err)
		}
	})
	wg.Go(func() { c.checkSetup(ctx, checks.put) })

	l.begin()
	for {
		select {
		case <-ctx.Done():
			return nil
		case look := <-looks.c:
			l.look(look)
		case r := <-c.commands:
			l.requests = append(l.requests, r)
			l.step()
		case v := <-l.verdicts:
			l.verdict(v)
		case r := <-l.errands.results:
			l.returned(r)
		case s := <-checks.c:
			l.learn(s)
		case <-l.timer.C:
			l.step()
		}
	}
}

// setup is what one look at Traefik's set-up found.
type setup struct {
	info     traefik.Info
	problems []traefik.Problem
}

// checkSetup looks at Traefik's set-up now and then, and sooner where something
// is wrong: a Traefik that starts beside the controller is there a moment later.
func (c *Controller) checkSetup(ctx context.Context, put func(setup)) {
	for {
		call, cancel := context.WithTimeout(ctx, confirmLimit)
		info, problems := c.Check(call)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if n, err := c.Publisher.Neighbors(); err != nil {
			problems = append(problems, traefik.Problem{Severity: "warning", Text: err.Error()})
		} else {
			for _, broken := range n.Broken {
				problems = append(problems, traefik.Problem{
					Severity: "error",
					Text:     fmt.Sprintf("%s: Traefik takes no file of the folder over until it is mended or removed", broken),
				})
			}
		}
		put(setup{info, problems})
		pause := checkPeriod
		if slices.ContainsFunc(problems, func(p traefik.Problem) bool { return p.Severity == traefik.Error }) {
			pause = retryPause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// request is a command on its way to the decision.
type request struct {
	command rollout.Command
	reply   chan rollout.Reply // buffered, gets exactly one
}

// mailbox holds the newest value only: the reader never falls behind.
type mailbox[T any] struct{ c chan T }

func newMailbox[T any]() mailbox[T] { return mailbox[T]{make(chan T, 1)} }

// put replaces what lies in the box. One goroutine may put.
func (m mailbox[T]) put(v T) {
	select {
	case <-m.c:
	default:
	}
	m.c <- v
}
