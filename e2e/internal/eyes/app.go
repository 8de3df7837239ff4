package eyes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// Limits of the steps around a strike.
const (
	startLimit  = time.Minute // of a color, until it is ready
	switchLimit = 15 * time.Second
	dockerLimit = 30 * time.Second
)

// app is the app of one scenario, with its old color up.
type app struct {
	Scenario
	stack      *stack.Stack
	rate       int
	name, host string
	version    int    // of the newest release
	container  string // of the struck color
}

// open releases the old color and returns once it serves. Down of the stack
// removes what is left after an error.
func open(ctx context.Context, s *stack.Stack, sc Scenario, rate int) (*app, error) {
	name := "eyes" + stack.Random()
	a := &app{Scenario: sc, stack: s, rate: rate, name: name, host: name + ".test"}
	if err := a.release(ctx, old, serves(old)); err != nil {
		return nil, errors.Join(err, a.close(ctx))
	}
	return a, nil
}

// close removes the app, also when ctx has ended.
func (a *app) close(ctx context.Context) error { return a.stack.Discard(ctx, a.name) }

// release brings a color up with the next version and waits for cond.
func (a *app) release(ctx context.Context, color string, cond func(api.App) error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	a.version++
	r := stack.Release{
		App: a.name, Color: color, Version: fmt.Sprintf("v%d", a.version), Host: a.host,
		Labels: a.labels, Manual: true, Services: []stack.Service{{Name: "web"}},
	}
	if color == struck {
		r.Services[0].Memory = a.memory
	}
	if err := a.stack.Release(ctx, r); err != nil {
		return err
	}
	if _, err := a.await(ctx, color+" to be ready", cond); err != nil {
		return err
	}
	container := a.stack.Container(ctx, a.name, color, "web", 1)
	if container == "" {
		return fmt.Errorf("the container of %s of %s is not there", color, a.name)
	}
	if color == struck {
		a.container = container
	}
	if len(a.before) == 0 {
		return nil
	}
	return control(a.before...)(ctx, a.stack, container)
}

// fresh removes the struck color and releases it anew. It is without grace:
// users are gone from it, and it may be in any state.
func (a *app) fresh(ctx context.Context) error {
	if a.container != "" {
		limited, cancel := context.WithTimeout(ctx, dockerLimit)
		defer cancel()
		if _, err := a.stack.Docker(limited, "rm", "-f", "-v", a.container); err != nil {
			return err
		}
		a.container = ""
	}
	return a.release(ctx, struck, waits)
}

// expose sends users to the struck color and returns when that is live.
func (a *app) expose(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, switchLimit)
	defer cancel()
	verb, command := api.VerbPromote, api.Command{Actor: "eyes"}
	if !a.Soak {
		half := 50
		verb, command.Percent = api.VerbCanary, &half
	}
	accepted, err := a.stack.Command(ctx, a.name, verb, command)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	outcome, err := a.stack.Client().Wait(ctx, a.name, accepted.Generation, switchLimit)
	if err == nil && outcome.Outcome != api.Confirmed {
		err = fmt.Errorf("it is %s: %s", outcome.Outcome, outcome.Text)
	}
	if err != nil {
		return fmt.Errorf("%s, generation %d: %w", verb, accepted.Generation, err)
	}
	return nil
}

// await waits until cond holds for the app and returns when it was told so.
func (a *app) await(ctx context.Context, what string, cond func(api.App) error) (at time.Time, err error) {
	err = a.stack.Await(ctx, a.name+": "+what, func(s api.Status) error {
		at = time.Now()
		for _, x := range s.Apps {
			if x.Name == a.name {
				return cond(x)
			}
		}
		return fmt.Errorf("there is no app %s", a.name)
	})
	return at, err
}

// events returns the app's history since then, oldest first.
func (a *app) events(ctx context.Context, since time.Time) ([]api.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	events, err := a.stack.History(ctx, a.name)
	return slices.DeleteFunc(events, func(e api.Event) bool { return e.Time.Before(since) }), err
}
