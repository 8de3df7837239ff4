package main

import (
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// runs is how many releases of a scenario a test looks at.
func runs() int {
	if testing.Short() {
		return 60
	}
	return 300
}

func find(t *testing.T, name string) scenario {
	t.Helper()
	for _, s := range append(nulls(), regressions()...) {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("there is no scenario %q", name)
	return scenario{}
}

// At most 1% is promised; four standard deviations more may be chance.
func TestGoodReleasesAreLeftAlone(t *testing.T) {
	n := float64(runs())
	most := int(alpha*n + 4*math.Sqrt(alpha*n))
	for _, s := range nulls() {
		r := s.simulate(1, runs())
		if r.demoted[0] > most {
			t.Errorf("%s: %d of %d demoted, at most %d may be", s.name, r.demoted[0], r.runs, most)
		}
	}
}

func TestBadReleasesAreDemotedInTime(t *testing.T) {
	for name, most := range map[string]time.Duration{
		"0.5% to 5% at 10/s":                   115 * time.Second, // 105 s in the long run
		"0.5% to 100% at 10/s":                 5 * time.Second,
		"0.5% to 100% at 0.5/s":                75 * time.Second,
		"0.5% to 5% at 500/s":                  5 * time.Second,
		"0.5% to 5% at 10/s, after 30 minutes": 5 * time.Minute,
		"soak, 0.5% to 5% at 10/s":             20 * time.Second,
	} {
		r := find(t, name).simulate(1, runs())
		if got := r.quantile(0, 0.5); got == 0 || got > most {
			t.Errorf("%s: median %s, want %s at most", name, got, most)
		}
		if r.missed[0] > 0 {
			t.Errorf("%s: %d missed", name, r.missed[0])
		}
	}
}

// What bg's judge is measured against does what such rules do: a share of
// errors of 0.5% and 60 requests a minute are five bad minutes in an hour.
func TestTheRulesBesideItCryWolf(t *testing.T) {
	r := find(t, "0.5% at 10/s, canary of 10%").simulate(1, 60)
	if r.falsely(1) < 0.95 || r.falsely(2) > 0.05 {
		t.Errorf("%.2f and %.2f demoted for nothing", r.falsely(1), r.falsely(2))
	}
	r = find(t, "0.5% to 100% at 10/s").simulate(1, 60)
	if a, b := r.quantile(1, 0.5), r.quantile(2, 0.5); a != 301*time.Second || b != 241*time.Second {
		t.Errorf("all fails: demoted after %s and %s, want the fifth and the fourth minute", a, b)
	}
}

func TestTheSameSeedTellsTheSame(t *testing.T) {
	s := find(t, "0.5% to 20% at 10/s")
	all := s.simulate(7, 40)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again := s.simulate(7, 40); !cmp.Equal(all.row(), again.row()) || !cmp.Equal(all.took, again.took) {
		t.Errorf("%v, and on one core %v", all.row(), again.row())
	}
	if other := s.simulate(8, 40); cmp.Equal(all.took, other.took) {
		t.Error("another seed tells the same too")
	}
}

func TestAQuantileCountsWhatWasMissed(t *testing.T) {
	r := result{took: [3][]int{{1, 2, 3, 4, 5, 6}}, missed: [3]int{4}}
	if m, p95 := r.quantile(0, 0.5), r.quantile(0, 0.95); m != 6*time.Second || p95 != 0 {
		t.Errorf("median %s, 95th percentile %s", m, p95)
	}
}
