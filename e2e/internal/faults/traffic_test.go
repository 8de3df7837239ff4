package faults

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/e2e/load"
)

// begun is a load without any request yet.
func begun(t *testing.T, version string) *traffic {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	run, err := load.Start(ctx, load.Options{Target: "http://127.0.0.1:1", Rate: 1, Duration: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return &traffic{run: run, version: version, grown: make(chan struct{})}
}

func TestWhatUsersGotIsBooked(t *testing.T) {
	u := begun(t, "one")
	for _, a := range []load.Answer{
		{Status: 200, Version: "one"},
		{Status: 200, Version: "two"},
		{Status: 503},
		{Err: errors.New("reset")},
	} {
		u.note(a)
	}
	var x trial
	x.leave(u)
	if x.out.Requests != 4 || x.out.Lost != 2 || len(x.out.Notes) != 3 || !strings.HasPrefix(x.out.Notes[0], "answered by  two: ") {
		t.Errorf("got %+v", x.out)
	}
	if got := strings.Join(x.out.Violations, "; "); got != "1 requests to one were answered by another app" {
		t.Errorf("violations: %s", got)
	}
}

func TestTheFirstAnswerCountsFromTheMomentThatItWasAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &traffic{grown: make(chan struct{})}
		from := time.Now()
		u.note(load.Answer{Sent: from.Add(-1), Status: 200, Color: "green"})
		done := make(chan time.Time, 1)
		go func() {
			at, err := u.first(t.Context(), from, of("green"))
			if err != nil {
				t.Error(err)
			}
			done <- at
		}()
		u.note(load.Answer{Sent: from, Status: 500, Color: "green"})
		u.note(load.Answer{Sent: from, Status: 200, Color: "blue"})
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("none of these was it")
		default:
		}
		u.note(load.Answer{Sent: from, Done: from.Add(time.Second), Status: 200, Color: "green"})
		if at := <-done; !at.Equal(from.Add(time.Second)) {
			t.Errorf("it was answered at %s", at)
		}
	})
}
