package eyes

import (
	"context"
	"fmt"
	"time"
)

// calm is the load before a strike, and after it unless the scenario says.
const calm = 1500 * time.Millisecond

// trial strikes a fresh color under load, once, and returns what came of it.
func (a *app) trial(ctx context.Context) (t Trial, err error) {
	if err := a.fresh(ctx); err != nil {
		return t, err
	}
	begun := time.Now()
	l, err := a.users(ctx)
	if err != nil {
		return t, err
	}
	defer l.run.Stop()
	if err := a.expose(ctx); err != nil {
		return t, err
	}
	if err := l.more(ctx, a.rate, time.Now(), calm); err != nil {
		return t, err
	}
	if t.Early, err = a.early(ctx, begun); err != nil || t.Early != "" {
		return t, err
	}
	if err := a.hit(ctx, &t, l); err != nil {
		return t, err
	}
	answers := l.stop()
	if err := a.settle(ctx); err != nil {
		return t, err
	}
	events, err := a.events(ctx, begun)
	if err != nil {
		return t, err
	}
	seen, err := arrivals(ctx, a.stack, l.trial, a.stack.Container(ctx, a.name, old, "web", 1), a.container)
	if err != nil {
		return t, err
	}
	t.history(events)
	return t, t.count(answers, seen)
}

// hit strikes, waits until green is out, and for the load after that. That it
// is not out in time is a result, not an error.
func (a *app) hit(ctx context.Context, t *Trial, l *ledger) error {
	limited, cancel := context.WithTimeout(ctx, outLimit)
	defer cancel()
	t.struck = time.Now() // before the docker command, which takes its time
	blown := make(chan error, 1)
	go func() { blown <- a.strike(limited, a.stack, a.container) }()
	live, err := a.await(limited, struck+" to be out", fallen)
	if err := <-blown; err != nil {
		return fmt.Errorf("strike: %w", err)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return nil
	}
	t.live = live
	return l.more(ctx, a.rate, live, max(a.Calm, calm))
}

// settle mends the struck color, so that it carries out what it still holds.
func (a *app) settle(ctx context.Context) error {
	if a.mend == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	if err := a.mend(ctx, a.stack, a.container); err != nil {
		return fmt.Errorf("mend: %w", err)
	}
	// What was waiting for it came before this, and is taken first.
	return control("ok")(ctx, a.stack, a.container)
}

// early returns why the color fell before it was struck, "" if it did not.
func (a *app) early(ctx context.Context, since time.Time) (cause string, err error) {
	events, err := a.events(ctx, since)
	for _, e := range events {
		if e.Change == "demote" {
			return e.Cause, err
		}
	}
	return "", err
}
