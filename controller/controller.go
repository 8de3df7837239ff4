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

	"bg/controller/api"
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

// Config is what a Controller works with. Watch, Confirm, Check and Metrics
// are the methods of docker.Observer and traefik.Client. Without Metrics no
// traffic is judged.
type Config struct {
	Version   string // shown in the status
	Store     *store.Store
	Publisher *traefik.Publisher
	Watch     func(ctx context.Context, deliver func(docker.Look)) error
	Confirm   func(ctx context.Context, generation uint64) error
	Check     func(ctx context.Context) (traefik.Info, []traefik.Problem)
	Metrics   func(ctx context.Context) (traefik.Metrics, error)
	// Health asks the newest of sets for their health until ctx is done, and
	// delivers what it finds, by container ID: the method of probe.Checker.
	Health func(ctx context.Context, sets <-chan []rollout.Checkup, deliver func(map[string]rollout.Check))
	// Start and Stop act on one container, by its ID; Entrypoints tells where
	// Traefik takes users in. They are the methods of docker.Actor and
	// traefik.Client.
	Start       func(ctx context.Context, id string) error
	Stop        func(ctx context.Context, id string) error
	Entrypoints func(ctx context.Context) ([]traefik.Entrypoint, error)
	// PolicyFile holds the operator's policy; "" for none. It is read again
	// when it changes.
	PolicyFile string
	Log        *slog.Logger
}

// Controller decides what Traefik serves. Make it with New; Run it once.
type Controller struct {
	Config
	commands  chan request
	questions chan question
	board     *board
}

// New loads nothing and starts nothing.
func New(c Config) *Controller {
	return &Controller{Config: c, commands: make(chan request, queueLength), questions: make(chan question), board: newBoard()}
}

// Run owns the state until ctx is done, and returns after everything it
// started has ended. An error means that it could not begin or, if it wraps
// traefik.ErrHeld, that another controller publishes in its place.
func (c *Controller) Run(ctx context.Context) error {
	release, err := c.Publisher.Hold()
	if err != nil {
		return err
	}
	defer release()
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
	health := newMailbox[map[string]rollout.Check]()
	wg.Go(func() {
		if err := c.Watch(ctx, looks.put); err != nil && ctx.Err() == nil {
			c.Log.Error("the watch on Docker ended", "error", err)
		}
	})
	wg.Go(func() { c.checkSetup(ctx, checks.put) })
	readings := newMailbox[reading]()
	if c.Metrics != nil {
		wg.Go(func() { c.meter(ctx, l.pace.c, readings.put) })
	}
	wg.Go(func() { c.Health(ctx, l.checkups.c, health.put) })
	policies := newMailbox[law]()
	if c.PolicyFile != "" {
		wg.Go(func() { c.readPolicies(ctx, policies.put) })
	}

	l.begin()
	for l.lost == nil {
		select {
		case <-ctx.Done():
			l.keepCourt(true)
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
		case q := <-c.questions:
			q.answer <- l.court.record(q.app, q.service)
		case s := <-checks.c:
			l.learn(s)
		case r := <-readings.c:
			l.read(r)
		case checks := <-health.c:
			l.examine(checks)
		case p := <-policies.c:
			l.obey(p)
		case <-l.timer.C:
			l.step()
		}
	}
	return l.lost
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

// question asks what the judge was told of an app.
type question struct {
	app, service string
	answer       chan api.Record // buffered, gets exactly one
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
