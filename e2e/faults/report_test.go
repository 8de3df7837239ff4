package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/faults"
	"bg/e2e/internal/show"
)

func sample() *report {
	r := &report{}
	cut := faults.Fault{Number: 1, Text: "stream cut", On: faults.Fake, Bound: 5 * time.Second, Lossless: true}
	dead := faults.Fault{Number: 31, Text: "both dead", On: faults.Real}
	clock := faults.Fault{Number: 25, Text: "clock jumps", On: faults.None}
	r.add(dead, faults.Outcome{Requests: 1500, Lost: 30, Took: 40 * time.Millisecond})
	r.add(cut, faults.Outcome{Requests: 100, Took: 20 * time.Millisecond})
	r.add(clock, faults.Outcome{})
	r.add(cut, faults.Outcome{Requests: 100, Lost: 1, Violations: []string{"1 requests were lost"}, Notes: []string{"lost: status 502"}})
	return r
}

func TestAReportHasALineForEachFaultAndSaysWhatWasBroken(t *testing.T) {
	r := sample()
	var b strings.Builder
	r.print(&b, show.Style{})
	got := strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' }), " ")
	for _, want := range []string{
		" 1 stream cut fake 2 1 200 1 of 0 20.0 ms 5s\n 25 clock jumps none 1 0 0 0\n 31 both dead real 1 0 1,500 30 40.0 ms\n",
		"✗ fault 1, trial 2: 1 requests were lost\n lost: status 502",
		"4 trials, 1,700 requests",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, b.String())
		}
	}
	if !r.broken() || (&report{Rows: r.Rows[1:]}).broken() {
		t.Error("it does not tell a broken promise from a held one")
	}
}

func TestTheReportIsOneJSONObject(t *testing.T) {
	var b strings.Builder
	if err := sample().encode(&b); err != nil {
		t.Fatal(err)
	}
	var back report
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || len(back.Rows) != 3 || back.Rows[0].Trials[1].Lost != 1 {
		t.Errorf("%v:\n%s", err, b.String())
	}
}
