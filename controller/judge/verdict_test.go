package judge

import (
	"encoding/json"
	"testing"
)

func TestAVerdictSaysItsNumbers(t *testing.T) {
	old := &Counts{Requests: 90, Timed: 90}
	for _, c := range []struct {
		name    string
		rules   Rules
		polls   int
		mine    Counts
		old     *Counts
		outcome Outcome
		reason  string
	}{
		{"nothing", Rules{Alpha: 0.01}, 0, Counts{}, old, Thin, "no requests: 115 without an error would show that under 5% fail"},
		{"thin", Rules{Alpha: 0.01}, 2, Counts{Requests: 10}, old, Thin, "0% of 20 requests failed: it may be up to 23%, and under 5% is good; 95 more without an error would show it"},
		{"pass", Rules{Alpha: 0.01}, 120, Counts{Requests: 10}, old, Pass, "0% of 1,200 requests failed: under 0.58% with a certainty of 99%, and under 5% is good"},
		{"twice the old one's", Rules{Alpha: 0.02}, 120, Counts{Requests: 10, Errors: 1}, &Counts{Requests: 90, Errors: 9}, Pass, "10% of 1,200 requests failed: under 14% with a certainty of 98%, and under 20% is good"},
		{"errors", Rules{Alpha: 0.01}, 3, Counts{Requests: 10, Errors: 4}, old, Fail, "40% of 10 requests failed, 0% of the old color's 90: E 1,488 >= 102"},
		{"limit", Rules{Alpha: 0.01, Limit: 0.05}, 3, Counts{Requests: 10, Errors: 4}, nil, Fail, "40% of 20 requests failed, the limit is 5%: E 10,457 >= 204"},
		{"slow", Rules{Alpha: 0.01, Speed: true}, 3, Counts{Requests: 10, Timed: 8, Slow: 8}, old, Fail, "100% of 8 timed requests were slow, 0% of the old color's 90: E 3.3e+07 >= 204"},
		{"soak", Rules{Alpha: 0.01}, 3, Counts{Requests: 100, Errors: 20}, nil, Fail, "20% of 100 requests failed, 0.5% of the old color's 36,000 in its last hour, which allows 0.71%: E 1e+15 >= 102"},
	} {
		tr := NewTrial(c.rules)
		b := Baseline{}
		if c.name == "soak" {
			b = hour
		}
		feed(tr, 0, c.polls, c.mine, c.old, b)
		if v := tr.Verdict(); v.Outcome != c.outcome || v.Reason != c.reason {
			t.Errorf("%s: %s: %s\nwant %s: %s", c.name, v.Outcome, v.Reason, c.outcome, c.reason)
		}
	}
}

func TestAVerdictIsSmall(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01, Limit: 0.01, Speed: true})
	feed(tr, 0, 500, Counts{1 << 62, 1 << 20, 1 << 61, 1 << 20}, &Counts{1 << 62, 1 << 21, 1 << 61, 1 << 22}, hour)
	b, err := json.Marshal(tr.Verdict())
	if err != nil || len(b) > 1200 {
		t.Errorf("%v: %d bytes: %s", err, len(b), b)
	}
}

func TestPercentsHaveTwoDigitsThatSaySomething(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0%", 1: "100%", 0.051: "5.1%", 0.05: "5%", 0.0949: "9.5%", 0.0996: "10%", 0.123: "12%", 0.0099: "1%", 0.0004: "0.04%", 0.00056: "0.056%", 1e-6: "0.0001%",
	} {
		if got := percent(share); got != want {
			t.Errorf("%g: %s, want %s", share, got, want)
		}
	}
}

func TestNumbersHaveCommas(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 3700: "3,700", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
