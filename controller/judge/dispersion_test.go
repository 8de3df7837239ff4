package judge

import (
	"math"
	"math/rand/v2"
	"testing"
)

func spreadOf(parts ...tally) (s spread) {
	for _, p := range parts {
		s.add(p)
	}
	return s
}

// Pearson's formula as it is written, and what is then taken of it.
func TestDispersionIsPearsonsChiSquare(t *testing.T) {
	parts := []tally{{0, 10}, {9, 30}, {1, 60}, {0, 0}, {12, 20}, {0, 40}}
	var k, n, m, chi float64
	for _, p := range parts {
		if p.Of > 0 {
			k, n, m = k+float64(p.Events), n+float64(p.Of), m+1
		}
	}
	for _, p := range parts {
		if p.Of > 0 {
			expected := k / n * float64(p.Of)
			chi += (float64(p.Events) - expected) * (float64(p.Events) - expected) / expected
		}
	}
	phi := chi / (m - 1)
	near(t, "dispersion", dispersion(spreadOf(parts...)), phi*(1+2*math.Sqrt(phi/k)))

	// By hand: 8 and 0 of 10 each, 4 expected; (16+16)/4 = 8 on one degree.
	near(t, "by hand", dispersion(spreadOf(tally{8, 10}, tally{0, 10})), 8*(1+2*math.Sqrt(8.0/8)))
}

func TestWhatChanceAloneMakesOfItIsOne(t *testing.T) {
	for name, s := range map[string]spread{
		"even errors":              spreadOf(tally{3, 10}, tally{3, 10}, tally{3, 10}),
		"a swing of load":          spreadOf(tally{1, 10}, tally{10, 100}, tally{100, 1000}, tally{1, 10}),
		"four errors in one poll":  spreadOf(tally{4, 10}, tally{0, 10}, tally{0, 10}),
		"one part":                 spreadOf(tally{9, 10}),
		"nothing":                  {},
		"two parts, not far apart": spreadOf(tally{6, 10}, tally{2, 10}),
	} {
		if phi := dispersion(s); phi != 1 {
			t.Errorf("%s: %g", name, phi)
		}
	}
	// Times with shares of their own vary between each other, not within.
	if phi := dispersion(spreadOf(tally{1, 100}, tally{1, 100}), spreadOf(tally{50, 100}, tally{50, 100})); phi != 1 {
		t.Errorf("an outage that fills its time: %g", phi)
	}
}

// Bursts of exactly five make errors vary five times as much.
func TestBurstsAreSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s spread
	for range 5000 {
		k := uint64(0)
		if r.Float64() < 0.05 {
			k = 5
		}
		s.add(tally{k, 10})
	}
	if phi := dispersion(s); phi < 4.5 || phi > 7.5 {
		t.Errorf("dispersion %g, want 5 and a margin", phi)
	}
}

func TestAnImpossibleDispersionIsOne(t *testing.T) {
	for _, phi := range []float64{math.NaN(), math.Inf(-1), -3, 0, 0.5, 1} {
		if got := atLeast1(phi); got != 1 {
			t.Errorf("%g: %g", phi, got)
		}
	}
	if got := atLeast1(math.Inf(1)); got != mostDispersion {
		t.Errorf("+Inf: %g", got)
	}
}
