package main

import (
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/eyes"
	"bg/e2e/internal/show"
)

func TestAReportHasALineForEachScenarioAndSaysWhatWasBroken(t *testing.T) {
	good := eyes.Trial{Requests: 1500, IsOut: true, Decided: 20 * time.Millisecond, Out: 40 * time.Millisecond, Demotions: 1, LostPOSTs: 2}
	slow := good
	slow.Out = 6 * time.Second
	lossy := good
	lossy.FailedGETs, lossy.Failures = 1, []string{"status 502"}
	stuck := eyes.Trial{Requests: 10}
	r := report{Rows: []row{
		{eyes.Scenario{Name: "killed", Text: "candidate killed", Lossless: true}, []eyes.Trial{good, lossy}},
		{eyes.Scenario{Name: "hangs", Text: "candidate hangs", Bound: 3 * time.Second}, []eyes.Trial{good, slow, stuck}},
		{eyes.Scenario{Name: "slow", Text: "candidate gets slow"}, []eyes.Trial{good}},
		{eyes.Scenario{Name: "stuck", Text: "candidate stays"}, []eyes.Trial{stuck}},
	}}
	var b strings.Builder
	r.print(&b, show.Style{})
	got := strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' }), " ")
	for _, want := range []string{
		"candidate killed 2 3,000 1 4 0 20.0 ms 40.0 ms 40.0 ms no GET fails, 1 demotion no",
		"candidate hangs 3 3,010 0 4 0 20.0 ms 40.0 ms 6000 ms out in 3s, 1 demotion no",
		"candidate gets slow 1 1,500 0 2 0 20.0 ms 40.0 ms 40.0 ms 1 demotion yes",
		"candidate stays 1 10 0 0 0 never never never 1 demotion no",
		"✗ killed, trial 2: 1 GETs failed\n status 502",
		"✗ hangs, trial 2: green was out after 6s, bound 3s",
		"✗ hangs, trial 3: green was not out",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	if !r.broken() {
		t.Error("nothing counts as broken")
	}
	if (&report{Rows: r.Rows[2:3]}).broken() {
		t.Error("a promise that was held counts as broken")
	}
}
