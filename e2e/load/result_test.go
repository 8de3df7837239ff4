package load

import (
	"errors"
	"testing"
	"time"
)

func TestOnlyTheFirstFailuresAreToldAndAllAreCounted(t *testing.T) {
	var tl tally
	for range maxFailures + 5 {
		tl.add(Answer{Err: errors.New("connection reset")})
	}
	r := tl.result()
	if r.Failed != maxFailures+5 || r.Statuses[0] != maxFailures+5 || len(r.Failures) != maxFailures {
		t.Errorf("%d failed, %d told", r.Failed, len(r.Failures))
	}
}

func TestAResultIsTheCallersOwn(t *testing.T) {
	var tl tally
	tl.add(Answer{Status: 200, Color: "blue"})
	tl.result().Colors["blue"] = 100
	if got := tl.result().Colors["blue"]; got != 1 {
		t.Errorf("blue counts %d, want 1", got)
	}
}

func TestAFailureSaysWhatHappened(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	a := Answer{Sent: at.Add(-12 * time.Millisecond), Done: at, Status: 500, Color: "green", Version: "v2"}
	var tl tally
	tl.add(a)
	if got, want := tl.result().Failures[0].String(), "03:04:05.678 after 12ms: status 500 from green v2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
