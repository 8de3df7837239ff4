package main

import (
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/show"
	"bg/e2e/load"
)

func TestEachStepGetsItsOwnRequests(t *testing.T) {
	var s score
	s.begin("canary", load.Result{Requests: 100})
	promote := s.begin("promote", load.Result{Requests: 300})
	promote.add(load.Result{Requests: 10}) // of the prober
	crash := s.begin("crash", load.Result{Requests: 600})
	crash.crash = true
	s.end(load.Result{Requests: 700, Failed: 3, Failures: []load.Failure{{}, {}, {}}})
	for i, want := range []int{200, 310, 100} {
		if got := s.steps[i].requests; got != want {
			t.Errorf("%s: %d requests, want %d", s.steps[i].name, got, want)
		}
	}
	requests, failed, crashed := s.lost()
	if requests != 510 || failed != 0 || crashed != 3 {
		t.Errorf("got %d requests, %d failed, %d with the crash", requests, failed, crashed)
	}
	if text := s.verdict(show.Style{}); !strings.Contains(text, "✓ 0 of 510") || !strings.Contains(text, "3 more failed with the crash") {
		t.Errorf("got %q", text)
	}
}

func TestALostRequestIsNamed(t *testing.T) {
	var s score
	s.begin("promote", load.Result{})
	s.end(load.Result{Requests: 9, Failed: 1, Failures: []load.Failure{{At: time.Unix(0, 0), Text: "status 502"}}})
	text := s.verdict(show.Style{})
	for _, want := range []string{"✗ 1 of 9", "promote", "status 502"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
