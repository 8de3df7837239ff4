package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/show"
	"bg/e2e/load"
)

func TestALostRequestBreaksThePromise(t *testing.T) {
	for _, c := range []struct {
		name   string
		tally  tally
		broken bool
	}{
		{"none lost", tally{Requests: 1000}, false},
		{"one lost", tally{Requests: 1000, Failed: 1}, true},
		{"none sent", tally{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := report{Loads: []tally{c.tally, {Requests: 5, Failed: 5, Allowed: true}}}
			r.lost()
			if r.broken() != c.broken {
				t.Errorf("broken is %v: %+v", r.broken(), r.Goals)
			}
		})
	}
}

func TestASlowSwitchMissesItsGoalButBreaksNoPromise(t *testing.T) {
	var r report
	r.within("1 app", figures.Sample{4 * time.Millisecond}, 5*time.Millisecond)
	r.within("1 app", figures.Sample{6 * time.Millisecond}, 5*time.Millisecond)
	r.within("1 app", nil, 5*time.Millisecond)
	r.times("1,000 apps", figures.Sample{119}, figures.Sample{100}, 1.2)
	r.times("1,000 apps", figures.Sample{121}, figures.Sample{100}, 1.2)
	r.times("1,000 apps", figures.Sample{121}, nil, 1.2)
	for i, want := range []bool{true, false, false, true, false, false} {
		if r.Goals[i].Met != want {
			t.Errorf("goal %d, %q: met is %v", i, r.Goals[i].Text, r.Goals[i].Met)
		}
	}
	if r.broken() {
		t.Error("a goal counts as a promise")
	}
}

func TestTheReportNamesWhatFailed(t *testing.T) {
	r := report{Name: "cutover"}
	var lost tally
	lost.What = "the stack"
	lost.add(load.Result{Requests: 1500, Failed: 1, Failures: []load.Failure{{Text: "status 502"}}})
	lost.add(load.Result{Requests: 10})
	r.Loads = []tally{lost}
	r.Rows = []row{{"1 app", "decision -> first answer", figures.Sample{2 * time.Millisecond}}}
	r.lost()
	var out bytes.Buffer
	r.print(&out, show.Style{})
	for _, want := range []string{"1,510", "status 502", "✗ 1 of 1,510 requests failed", "2.00 ms"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
