package judge

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// feed gives a Trial n polls, a second apart.
func feed(t *Trial, from, n int, c Counts, s *Counts, b Baseline) {
	for i := range n {
		t.Add(Poll{At: noon.Add(time.Duration(from+i) * time.Second), Candidate: c, Stable: s}, b)
	}
}

// hour is a former color's: 0.5% errors, 2% slow.
var hour = Baseline{Counts: Counts{Requests: 36_000, Errors: 180, Timed: 36_000, Slow: 720}, Polls: 3600}

func wantFailed(t *testing.T, what string, tr *Trial, test string) {
	t.Helper()
	if tr.Failed != test {
		t.Errorf("%s: it failed %q, want %q: %s", what, tr.Failed, test, tr.Verdict().Reason)
	}
}

func TestACandidateFailsWhatItIsWorseIn(t *testing.T) {
	old := &Counts{Requests: 90, Errors: 1, Timed: 90, Slow: 2}
	for _, c := range []struct {
		name  string
		rules Rules
		mine  Counts
		old   *Counts
		want  string
	}{
		{"as good", Rules{Alpha: 0.01, Limit: 0.05, Speed: true}, Counts{Requests: 10, Timed: 10}, old, ""},
		{"more errors", Rules{Alpha: 0.01, Speed: true}, Counts{Requests: 10, Errors: 1, Timed: 10}, old, ErrorsTest},
		{"slower", Rules{Alpha: 0.01, Speed: true}, Counts{Requests: 10, Timed: 10, Slow: 2}, old, SlowTest},
		{"slower, and nobody minds", Rules{Alpha: 0.01}, Counts{Requests: 10, Timed: 10, Slow: 2}, old, ""},
		{"beyond the limit, the old one has no traffic", Rules{Alpha: 0.01, Limit: 0.05}, Counts{Requests: 10, Errors: 2}, &Counts{}, LimitTest},
		{"beyond the limit, as the old one", Rules{Alpha: 0.01, Limit: 0.05}, Counts{Requests: 10, Errors: 1}, &Counts{Requests: 90, Errors: 9}, ""},
		{"in a soak, as good", Rules{Alpha: 0.01, Limit: 0.05, Speed: true}, Counts{Requests: 100, Errors: 0, Timed: 100, Slow: 2}, nil, ""},
		{"in a soak, more errors", Rules{Alpha: 0.01}, Counts{Requests: 100, Errors: 3}, nil, ErrorsTest},
		{"in a soak, slower", Rules{Alpha: 0.01, Speed: true}, Counts{Requests: 100, Timed: 100, Slow: 6}, nil, SlowTest},
		{"in a soak, beyond the limit", Rules{Alpha: 0.01, Limit: 0.001}, Counts{Requests: 1000, Errors: 4}, nil, LimitTest},
	} {
		tr := NewTrial(c.rules)
		feed(tr, 0, 120, c.mine, c.old, hour)
		wantFailed(t, c.name, tr, c.want)
	}
}

func TestASharedOutageIsNotHeldAgainstTheCandidate(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01, Limit: 0.01})
	feed(tr, 0, 600, Counts{Requests: 1}, &Counts{Requests: 9}, hour)
	for i := range 300 {
		// The candidate has a request in ten seconds, and half of all fail.
		c := Counts{}
		if i%10 == 0 {
			c = Counts{Requests: 1, Errors: uint64(i / 10 % 2)}
		}
		feed(tr, 600+i, 1, c, &Counts{Requests: 1, Errors: uint64(i % 2)}, hour)
	}
	wantFailed(t, "in the outage", tr, "")
	feed(tr, 1500, 60, Counts{Requests: 10, Errors: 2}, &Counts{Requests: 90}, hour)
	if tr.Failed == "" {
		t.Error("after it, a bad candidate passes")
	}
}

func TestASoakWithoutABaselineSaysSo(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01, Limit: 0.5})
	feed(tr, 0, 50, Counts{Requests: 10, Errors: 3}, nil, Baseline{})
	v := tr.Verdict()
	if v.Outcome != Pass || !strings.HasSuffix(v.Reason, "; the old color had no requests to compare with") || len(v.Tests) != 1 || v.Tests[0].Name != LimitTest {
		t.Errorf("%+v", v)
	}
}

// A color that has answered a million requests without an error promises
// little for the next hour of the network.
func TestAHandfulOfErrorsInManyRequestsIsLeftAlone(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	feed(tr, 0, 300, Counts{Requests: 500}, nil, Baseline{Counts: Counts{Requests: 1_800_000}})
	feed(tr, 300, 20, Counts{Requests: 500, Errors: 1}, nil, Baseline{Counts: Counts{Requests: 1_800_000}})
	wantFailed(t, "20 of 160,000", tr, "")
	feed(tr, 320, 20, Counts{Requests: 500, Errors: 25}, nil, Baseline{Counts: Counts{Requests: 1_800_000}})
	wantFailed(t, "5%", tr, ErrorsTest)
}

func TestOneTrialGoesFromCanaryToSoak(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	feed(tr, 0, 600, Counts{Requests: 10}, &Counts{Requests: 90}, hour)
	feed(tr, 600, 5, Counts{Requests: 100}, nil, hour)
	v := tr.Verdict()
	if !v.Soak || v.Candidate.Requests != 500 || v.Stable != hour.Counts || v.Outcome != Pass {
		t.Errorf("%+v", v)
	}
	if v.Tests[0].Against <= 0.005 || v.Tests[0].Against > 0.01 {
		t.Errorf("a soak after 0.5%% is held to %g", v.Tests[0].Against)
	}
	feed(tr, 605, 60, Counts{Requests: 100, Errors: 5}, nil, hour)
	wantFailed(t, "in the soak", tr, ErrorsTest)
}

// Errors that drift from one five minutes to the next are no proof where
// nothing runs beside them.
func TestDriftCountsInASoakOnly(t *testing.T) {
	drifting := hour
	drifting.ErrorDrift = 8
	mine := Counts{Requests: 100, Errors: 2}
	for _, c := range []struct {
		b    Baseline
		s    *Counts
		want string
	}{{hour, nil, ErrorsTest}, {drifting, nil, ""}, {drifting, &Counts{Requests: 900, Errors: 5}, ErrorsTest}} {
		tr := NewTrial(Rules{Alpha: 0.01})
		feed(tr, 0, 20, mine, c.s, c.b)
		wantFailed(t, "drift", tr, c.want)
	}
}

func TestAFailureIsFinal(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	feed(tr, 0, 10, Counts{Requests: 10, Errors: 10}, &Counts{Requests: 90}, hour)
	before := *tr
	feed(tr, 10, 10_000, Counts{Requests: 10}, &Counts{Requests: 90}, hour)
	if *tr != before || tr.Verdict().Outcome != Fail {
		t.Errorf("%+v", tr.Verdict())
	}
}

func TestAPollWithoutRequestsChangesNothing(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	feed(tr, 0, 10, Counts{Errors: 1}, &Counts{}, hour)
	feed(tr, 10, 10, Counts{}, nil, hour)
	if *tr != *NewTrial(Rules{Alpha: 0.01}) {
		t.Errorf("%+v", tr)
	}
}

func TestATrialGoesOnAfterItWasSaved(t *testing.T) {
	one := NewTrial(Rules{Alpha: 0.02, Limit: 0.1, Speed: true})
	feed(one, 0, 200, Counts{Requests: 3, Errors: 1, Timed: 2}, &Counts{Requests: 7, Errors: 2, Timed: 7, Slow: 1}, hour)
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	var other Trial
	if err := json.Unmarshal(b, &other); err != nil {
		t.Fatal(err)
	}
	for _, tr := range []*Trial{one, &other} {
		feed(tr, 200, 100, Counts{Requests: 3, Errors: 1, Timed: 2, Slow: 1}, &Counts{Requests: 7, Timed: 7}, hour)
	}
	if *one != other || !cmp.Equal(one.Verdict(), other.Verdict()) || one.Failed == "" {
		t.Errorf("%+v\n%+v", one.Verdict(), other.Verdict())
	}
}

func TestOddInputIsJudgedAllTheSame(t *testing.T) {
	const most = math.MaxUint64
	odd := []Counts{{most, most, most, most}, {0, most, 0, 0}, {most, 0, 1, most}, {1, 1, 1, 1}}
	bases := []Baseline{
		{}, {Counts: odd[0], ErrorDispersion: math.Inf(1), SlowDispersion: math.NaN(), ErrorDrift: -1},
		{Counts: odd[2], ErrorDispersion: 0.5, SlowDrift: 1e300},
	}
	times := []time.Time{noon, {}, noon.AddDate(200, 0, 0), noon.AddDate(-200, 0, 0)}
	for _, rules := range []Rules{{}, {Alpha: math.NaN(), Limit: math.NaN()}, {Alpha: 7, Limit: 1, Speed: true}, {Alpha: 1e-300, Limit: 1e-300, Speed: true}} {
		for _, c := range odd {
			for _, b := range bases {
				tr := NewTrial(rules)
				for i, at := range times {
					var s *Counts
					if i < 3 {
						s = &odd[i]
					}
					tr.Add(Poll{At: at, Candidate: c, Stable: s}, b)
					v, err := json.Marshal(tr.Verdict())
					if err != nil {
						t.Fatalf("%+v %+v: %v", c, b, err)
					}
					if saved, err := json.Marshal(tr); err != nil || json.Unmarshal(saved, new(Trial)) != nil {
						t.Fatalf("%+v %+v can't be saved: %v\n%s", c, b, err, v)
					}
				}
			}
		}
	}
}

func TestAClockThatGoesBackStakesNothingTwice(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	feed(tr, 7200, 1, Counts{Requests: 1}, &Counts{Requests: 9}, hour)
	feed(tr, 3600, 1, Counts{Requests: 1}, &Counts{Requests: 9}, hour)
	if tr.Errors.Staked != staked(0) {
		t.Errorf("%g is staked after a step back", tr.Errors.Staked)
	}
	feed(tr, 7200+3600, 1, Counts{Requests: 1}, &Counts{Requests: 9}, hour)
	feed(tr, 7200, 1, Counts{Requests: 1}, &Counts{Requests: 9}, hour)
	if tr.Errors.Staked != staked(60) || tr.Minute != 60 {
		t.Errorf("%g is staked after an hour, in minute %d", tr.Errors.Staked, tr.Minute)
	}
}

// Three errors of three, with a tenth of the traffic, are worth 184.
func TestTestsShareAlpha(t *testing.T) {
	for tests, rules := range []Rules{1: {Alpha: 0.01}, 2: {Alpha: 0.01, Speed: true}, 3: {Alpha: 0.01, Limit: 0.9, Speed: true}} {
		if tests == 0 {
			continue
		}
		tr := NewTrial(rules)
		feed(tr, 0, 3, Counts{Requests: 1, Errors: 1}, &Counts{Requests: 9}, Baseline{})
		test := tr.Verdict().Tests[0]
		near(t, "threshold", test.Threshold, float64(tests)*100/evidencePart)
		if failed := tr.Failed != ""; failed != (test.E >= test.Threshold) || failed != (tests == 1) {
			t.Errorf("%d tests: it failed %q at E %g of %g", tests, tr.Failed, test.E, test.Threshold)
		}
	}
}
