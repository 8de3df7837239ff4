package eyes

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bg/controller/api"
	"bg/e2e/load"
)

var moment = time.Unix(1000, 0)

func at(ms int) time.Time { return moment.Add(time.Duration(ms) * time.Millisecond) }

// answer is one of so many ms after the strike, which took 5 ms.
func answer(method, path string, ms, status int, color string) load.Answer {
	a := load.Answer{
		Request: load.Request{Method: method, Path: path}, Sent: at(ms), Done: at(ms + 5), Status: status, Color: color,
	}
	if status == 0 {
		a.Err = errors.New("reset")
	}
	return a
}

func TestATrialCountsWhatUsersSaw(t *testing.T) {
	trial := Trial{struck: at(0), live: at(100)}
	trial.history([]api.Event{
		{Time: at(-70), Change: "canary", Actor: "eyes", Blue: 50, Green: 50, Cause: "eyes says so"},
		{Time: at(90), Change: "demote", Actor: "bg", Blue: 100, Cause: "it fell"},
	})
	err := trial.count([]load.Answer{
		answer("GET", "", -10, 200, struck),
		answer("GET", "", 60, 500, struck),
		answer("GET", "", 50, 200, old),
		answer("GET", "", 55, 500, old), // no fault of green's
		answer("POST", "/once/t-1", 70, 0, ""),
		answer("POST", "/once/t-2", 80, 200, struck),
		answer("POST", "/once/t-3", 150, 200, old),
	}, map[string]int{"t-1": 1, "t-2": 2, "t-3": 1})
	if err != nil {
		t.Fatal(err)
	}
	want := Trial{
		Requests: 7, GETs: 4, POSTs: 3, FailedGETs: 2, LostPOSTs: 1, Doubled: 1, IsOut: true,
		Asked: 80 * time.Millisecond, Decided: 90 * time.Millisecond, Out: 100 * time.Millisecond, Slowest: 5 * time.Millisecond,
		Demotions: 1, Cause: "it fell",
		Failures: []string{
			`GET sent 55ms after the strike, ended after 5ms: status 500, color "blue", error <nil>`,
			`GET sent 60ms after the strike, ended after 5ms: status 500, color "green", error <nil>`,
		},
		History: []string{
			"-70ms after the strike: canary by eyes, blue 50, green 50: eyes says so",
			"90ms after the strike: demote by bg, blue 100, green 0: it fell",
		},
	}
	if diff := cmp.Diff(want, trial, cmpopts.IgnoreUnexported(Trial{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyTheFirstFailuresAreToldAndAllAreCounted(t *testing.T) {
	var trial Trial
	var answers []load.Answer
	for i := range maxTold + 3 {
		answers = append(answers, answer("GET", "", i, 0, ""))
	}
	if err := trial.count(answers, nil); err != nil || trial.FailedGETs != maxTold+3 || len(trial.Failures) != maxTold {
		t.Errorf("%d failed, %d told, %v", trial.FailedGETs, len(trial.Failures), err)
	}
}

func TestARequestToGreenAfterItWasOutIsAStray(t *testing.T) {
	for _, c := range []struct {
		what   string
		answer load.Answer
		strays int
	}{
		{"green answers", answer("GET", "", 101, 200, struck), 1},
		{"nobody answers", answer("GET", "", 101, 0, ""), 1},
		{"blue answers", answer("GET", "", 101, 200, old), 0},
		{"green answers what was sent before", answer("GET", "", 99, 200, struck), 0},
	} {
		trial := Trial{struck: at(0), live: at(100)}
		if err := trial.count([]load.Answer{c.answer}, nil); err != nil || trial.Strays != c.strays || len(trial.Astray) != c.strays {
			t.Errorf("%s: %d strays, %v, want %d", c.what, trial.Strays, err, c.strays)
		}
	}
}

func TestAPostThatWasAnsweredAndNeverArrivedMakesTheCountWorthless(t *testing.T) {
	trial := Trial{struck: at(0)}
	if err := trial.count([]load.Answer{answer("POST", "/once/t-1", 1, 200, old)}, nil); err == nil {
		t.Error("no error")
	}
}

func TestEachPromiseIsBrokenByItself(t *testing.T) {
	strict := Scenario{Bound: time.Second, Lossless: true}
	good := Trial{IsOut: true, Out: time.Second, Demotions: 1, LostPOSTs: 3}
	if broken := strict.Broken(good); len(broken) > 0 {
		t.Errorf("nothing is broken: %q", broken)
	}
	for _, c := range []struct {
		want   string
		change func(*Trial)
	}{
		{"was not out", func(t *Trial) { t.IsOut, t.Demotions = false, 0 }},
		{"bound 1s", func(t *Trial) { t.Out++ }},
		{"1 requests went", func(t *Trial) { t.Strays = 1 }},
		{"2 demotions", func(t *Trial) { t.Demotions = 2 }},
		{"0 demotions", func(t *Trial) { t.Demotions = 0 }},
		{"1 GETs failed", func(t *Trial) { t.FailedGETs = 1 }},
		{"before it was struck: noise", func(t *Trial) { *t = Trial{Early: "noise"} }},
		{"1 POSTs arrived twice", func(t *Trial) { t.Doubled = 1 }},
	} {
		bad := good
		c.change(&bad)
		if broken := strict.Broken(bad); len(broken) != 1 || !strings.Contains(broken[0], c.want) {
			t.Errorf("got %q, want one about %q", broken, c.want)
		}
	}
	loose := good
	loose.Out, loose.FailedGETs = time.Hour, 100
	if broken := (Scenario{}).Broken(loose); len(broken) > 0 {
		t.Errorf("nothing of it is promised: %q", broken)
	}
}
