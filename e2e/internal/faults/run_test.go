package faults

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestEachFaultIsTriedSoOftenAndOneThatCouldNotBeIsAViolation(t *testing.T) {
	good := Fault{Number: 1, run: func(_ context.Context, t *trial) error { t.out.Requests = 10 + t.n; return nil }}
	bad := Fault{Number: 2, run: func(context.Context, *trial) error { return errors.New("no Docker") }}
	var requests []int
	failed := 0
	err := RunAll(t.Context(), nil, []Fault{good, bad}, 3, func(f Fault, trial int, o Outcome) {
		if f.Number == 1 {
			requests = append(requests, o.Requests)
		} else {
			failed += len(o.Violations)
		}
	})
	slices.Sort(requests)
	if err != nil || !slices.Equal(requests, []int{10, 11, 12}) || failed != 3 {
		t.Errorf("requests %v, %d violations, %v", requests, failed, err)
	}
}

func TestAnInterruptedRunEndsWithoutAVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := Fault{Number: 1, run: func(ctx context.Context, t *trial) error { cancel(); return ctx.Err() }}
	err := RunAll(ctx, nil, []Fault{f}, 100, func(Fault, int, Outcome) { t.Error("a trial that was broken off counts") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
