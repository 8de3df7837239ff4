// Package faults makes everything around bg fail, each in the way that one fault
// of the list describes, under load, and counts what came of it. A command and
// the tests run the same faults.
package faults

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Fault is one entry of the list.
type Fault struct {
	Number int
	Text   string // what goes wrong, and what has to come of it
	On     Docker
	// Bound is the time in which bg has to have converged; 0: the list gives
	// none, the time is told.
	Bound time.Duration
	// Lossless: no request may be lost from the first to the last.
	Lossless bool

	run func(ctx context.Context, t *trial) error
}

// Docker is what stands for Docker in a fault.
type Docker string

// The Dockers.
const (
	Real Docker = "real"
	Fake Docker = "fake" // speaks HTTP and misbehaves on cue; Traefik and the apps behind it are real
	None Docker = "none" // the real decision and the real files, without Docker and Traefik
)

// Name returns the name of the fault's test.
func (f Fault) Name() string { return fmt.Sprintf("fault %02d %s", f.Number, f.Text) }

// Outcome is what came of one trial.
type Outcome struct {
	Violations []string      `json:"violations"`
	Requests   int           `json:"requests"`
	Lost       int           `json:"lost"`
	Took       time.Duration `json:"took_ns"` // to converge; 0 where there was nothing to wait for
	Notes      []string      `json:"notes"`   // what else is worth to know
}

// All returns every fault, by number.
func All() []Fault {
	all := slices.Concat(events, missed, answers, containers, addresses, deaths, crowds, proxies, disk, controllers, times, clients, engines)
	slices.SortFunc(all, func(a, b Fault) int { return a.Number - b.Number })
	return all
}

// Run tries the fault once, the nth time from 0. That bg did not do what it has
// to is an Outcome; an error says that the trial itself could not be made. What
// the trial made is gone when Run returns.
func (f Fault) Run(ctx context.Context, w *World, n int) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	t := &trial{World: w, Fault: f, n: n}
	err := f.run(ctx, t)
	if t.out.Took > f.Bound && f.Bound > 0 {
		t.wrong("converged after %s, bound %s", t.out.Took.Round(time.Millisecond), f.Bound)
	}
	if f.Lossless && t.out.Lost > 0 {
		t.wrong("%d requests were lost", t.out.Lost)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", f.Name(), err)
	}
	return t.out, err
}

// trialLimit is the longest that a trial may take.
const trialLimit = 4 * time.Minute

// trial is one trial under way.
type trial struct {
	*World
	Fault
	n   int
	out Outcome
}

// wrong books a violation.
func (t *trial) wrong(format string, args ...any) {
	t.out.Violations = append(t.out.Violations, fmt.Sprintf(format, args...))
}

// took books a time to converge; the worst one counts.
func (t *trial) took(d time.Duration) { t.out.Took = max(t.out.Took, d) }

// note books what is worth to know.
func (t *trial) note(format string, args ...any) {
	t.out.Notes = append(t.out.Notes, fmt.Sprintf(format, args...))
}
