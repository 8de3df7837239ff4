package controller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/internal/failpoint"
	"bg/controller/rollout"
	"bg/controller/traefik"
)

// Limits of errands.
const (
	maxErrands = 32               // under way at once; the others wait
	rest       = 2 * time.Second  // before one is done again that Docker has not shown the effect of
	maxRest    = 30 * time.Second // between tries of one that fails
)

// errands are the actions that decisions ask for, on their way. They are
// started only after the state that wants them was saved.
type errands struct {
	results  chan result
	running  map[string]errand  // by Action.ID
	past     map[string]attempt // what became of those that are still wanted
	verdicts []rollout.Verdict  // not decided on yet
}

// errand is one action under way.
type errand struct {
	kind   rollout.ActionKind
	cancel context.CancelFunc
}

// attempt is the last try at an action.
type attempt struct {
	fault string // "" if it went well
	tries int    // that failed, in a row
	next  time.Time
}

// result is what became of one action.
type result struct {
	action rollout.Action
	err    error
}

func newErrands() errands {
	return errands{
		results: make(chan result),
		running: map[string]errand{},
		past:    map[string]attempt{},
	}
}

// failures returns what could not be done, for the next decision.
func (e *errands) failures() map[string]string {
	var out map[string]string
	for id, a := range e.past {
		if a.fault != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[id] = a.fault
		}
	}
	return out
}

// send starts what is wanted and not under way, and gives up what is not
// wanted any more. It returns when to be called again if nothing happens.
func (l *loop) send(wanted []rollout.Action) (again time.Time) {
	e := &l.errands
	e.verdicts = nil // decided on
	keep := make(map[string]bool, len(wanted))
	var faults []traefik.Problem
	for _, a := range wanted {
		id := a.ID()
		keep[id] = true
		past, tried := e.past[id]
		switch {
		case e.running[id].cancel != nil:
		case tried && time.Now().Before(past.next):
			if again.IsZero() || past.next.Before(again) {
				again = past.next
			}
		case len(e.running) < maxErrands:
			l.start(a)
		}
		if past.fault != "" {
			faults = append(faults, traefik.Problem{
				Severity: "error", Text: fmt.Sprintf("app %s: %s container %s: %s", a.App, a.Kind, a.Name, past.fault),
			})
		}
	}
	for id, r := range e.running {
		// A stop is not broken off: some engines kill the container then.
		if !keep[id] && r.kind == rollout.ActTest {
			r.cancel()
		}
	}
	for id := range e.past {
		if !keep[id] {
			delete(e.past, id)
		}
	}
	l.problems.set("containers", faults...)
	return again
}

// start carries one action out in a goroutine of its own.
func (l *loop) start(a rollout.Action) {
	ctx, cancel := context.WithCancel(l.ctx)
	l.errands.running[a.ID()] = errand{a.Kind, cancel}
	l.wg.Go(func() {
		err := l.do(ctx, a)
		select {
		case l.errands.results <- result{a, err}:
		case <-l.ctx.Done():
		}
	})
}

func (l *loop) do(ctx context.Context, a rollout.Action) error {
	if err := failpoint.Reach(failpoint.Act); err != nil {
		return err
	}
	switch a.Kind {
	case rollout.ActStart:
		return l.Start(ctx, a.Container)
	case rollout.ActStop:
		return l.Stop(ctx, a.Container)
	}
	return l.test(ctx, a.Tests)
}

// returned takes a result in and decides on it.
func (l *loop) returned(r result) {
	e, id := &l.errands, r.action.ID()
	e.running[id].cancel()
	delete(e.running, id)
	if r.action.Kind == rollout.ActTest {
		v := rollout.Verdict{Key: id}
		switch {
		case errors.Is(r.err, context.Canceled):
			return // given up: it says nothing
		case r.err != nil:
			v.Fault = r.err.Error()
		}
		e.verdicts = append(e.verdicts, v)
		l.step()
		return
	}
	a := attempt{next: time.Now().Add(rest)}
	if r.err != nil {
		a.fault, a.tries = r.err.Error(), e.past[id].tries+1
		a.next = time.Now().Add(min(time.Second<<min(a.tries, 6), maxRest))
		l.Log.Warn("action failed", "action", string(r.action.Kind), "app", r.action.App, "container", r.action.Name, "error", r.err)
	} else {
		l.Log.Info("acted", "action", string(r.action.Kind), "app", r.action.App, "container", r.action.Name)
	}
	e.past[id] = a
	l.step()
}
