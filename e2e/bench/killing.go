package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/flip"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

// killing is what the rounds of kill share.
type killing struct {
	*bench
	stack   *stack.Stack
	subject *subject
	users   *load.Run
	watch   *flip.Watch

	hit, calm                        tally // in a kill; at all other times
	answer, decision, reload, rename figures.Sample
	exit                             figures.Sample // of the process to Docker's event; at a crash

	mu     sync.Mutex
	ledger []load.Answer // since the last count
}

// note takes an answer of the load in.
func (k *killing) note(a load.Answer) {
	k.watch.Note(a)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ledger = append(k.ledger, a)
}

// count books the answers since the last count: as hit by the kill those that
// were under way at it, or sent after it and before the first answer by the
// standby; as calm all others.
func (k *killing) count(killed, answered time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, a := range k.ledger {
		t := &k.calm
		if a.Done.After(killed) && a.Sent.Before(answered) {
			t = &k.hit
		}
		t.note(a)
	}
	k.ledger = k.ledger[:0]
}

// round makes green active and blue its standby, kills green, and starts it
// again once all users are back on blue.
func (k *killing) round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if k.subject.active == "blue" {
		k.subject.standby = false // it was demoted when it was killed
		if _, err := k.subject.cutover(ctx); err != nil {
			return err
		}
	}
	name := k.stack.Container(ctx, k.subject.app, k.subject.active, "web", 1)
	events, err := follow(ctx, k.stack, name)
	if err != nil {
		return err
	}
	defer events.close()
	if err := sleep(ctx, k.pause+200*time.Millisecond); err != nil {
		return err
	}
	k.watch.Reset()
	to := other(k.subject.active)
	killed := time.Now()
	if err := k.die(ctx, name); err != nil {
		return err
	}
	answered, err := k.watch.Await(ctx, to)
	if err != nil {
		return err
	}
	// Those that hang are still to come; they must not fall into the next round.
	if err := sleep(ctx, 1500*time.Millisecond); err != nil {
		return err
	}
	k.count(killed, answered)
	event, err := events.first(ctx)
	if err != nil {
		return err
	}
	if err := k.time(ctx, to, event, answered); err != nil {
		return err
	}
	if err := k.timeExit(ctx, name, event); err != nil {
		return err
	}
	if _, err := k.stack.Docker(ctx, "start", name); err != nil {
		return err
	}
	return k.stack.Await(ctx, "the killed color to be ready again", func(st api.Status) error { return ready(st, other(to)) })
}

// die ends the active color's container.
func (k *killing) die(ctx context.Context, name string) error {
	if k.how == "kill" {
		_, err := k.stack.Docker(ctx, "kill", name)
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	// A POST, which nobody on the way may send again to the other color.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.subject.web+"/control?mode=crash", nil)
	if err != nil {
		return err
	}
	req.Host, req.Close = k.subject.host, true
	if res, err := http.DefaultTransport.RoundTrip(req); err == nil {
		res.Body.Close() // of Traefik: the app itself is gone
	}
	return nil
}

// timeExit takes down how long Docker took to tell of a crash.
func (k *killing) timeExit(ctx context.Context, name string, event time.Time) error {
	if k.how == "kill" {
		return nil
	}
	out, err := k.stack.Docker(ctx, "inspect", "--format", "{{.State.FinishedAt}}", name)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(out)))
	k.exit = append(k.exit, event.Sub(at))
	return err
}

// time takes down how long one kill took.
func (k *killing) time(ctx context.Context, to string, event, answered time.Time) error {
	k.subject.active = to
	events, err := k.subject.client.History(ctx, k.subject.app, 1)
	if err != nil {
		return err
	}
	if len(events) == 0 || events[0].Change != "demote" || events[0].Active != to {
		return fmt.Errorf("the history tells of no demotion last: %+v", events)
	}
	decided := events[0].Time
	k.answer = append(k.answer, answered.Sub(event))
	k.decision = append(k.decision, decided.Sub(event))
	k.reload = append(k.reload, answered.Sub(decided))
	if k.subject.renames != nil {
		k.rename = append(k.rename, k.subject.renames.Last().Sub(decided))
	}
	return nil
}
