package faults

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestEveryFaultOfTheListIsThereOnce(t *testing.T) {
	all := All()
	for i, f := range all {
		if f.Number != i+1 {
			t.Fatalf("entry %d is fault %d", i+1, f.Number)
		}
		if f.Text == "" || f.On == "" || f.run == nil {
			t.Errorf("fault %d has no text, no Docker or nothing to run", f.Number)
		}
	}
	if len(all) != 34 {
		t.Errorf("%d faults, want 34", len(all))
	}
}

func TestAnOutcomeIsHeldAgainstWhatWasPromised(t *testing.T) {
	fault := func(f Fault, lost int, took time.Duration) Outcome {
		f.run = func(_ context.Context, t *trial) error {
			t.out.Lost = lost
			t.took(took)
			return nil
		}
		o, err := f.Run(t.Context(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, c := range []struct {
		what string
		out  Outcome
		want string
	}{
		{"late", fault(Fault{Bound: time.Second}, 0, 2*time.Second), "converged after 2s, bound 1s"},
		{"lossy", fault(Fault{Lossless: true}, 3, 0), "3 requests were lost"},
		{"in time", fault(Fault{Bound: time.Second}, 3, time.Second), ""},
		{"without a bound", fault(Fault{}, 0, time.Hour), ""},
	} {
		if got := strings.Join(c.out.Violations, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestATrialThatCouldNotBeMadeIsAnErrorWithTheFaultsName(t *testing.T) {
	f := Fault{Number: 7, Text: "list hangs", run: func(context.Context, *trial) error { return errors.New("no Docker") }}
	if _, err := f.Run(t.Context(), nil, 0); err == nil || err.Error() != "fault 07 list hangs: no Docker" {
		t.Errorf("got %v", err)
	}
}
