package main

import (
	"math"
	"testing"
)

// moments draws often and compares mean and variance, to five standard
// deviations of the mean.
func moments(t *testing.T, what string, draw func() uint64, mean, variance float64) {
	t.Helper()
	const n = 40_000
	var sum, squares float64
	for range n {
		x := float64(draw())
		sum += x
		squares += x * x
	}
	m := sum / n
	v := squares/n - m*m
	if math.Abs(m-mean) > 5*math.Sqrt(variance/n)+1e-12 {
		t.Errorf("%s: mean %g, want %g", what, m, mean)
	}
	if math.Abs(v-variance) > 0.1*variance+1e-12 {
		t.Errorf("%s: variance %g, want %g", what, v, variance)
	}
}

func TestNumbersAreDrawnByTheirLaws(t *testing.T) {
	c := newChance(1, "laws", 0)
	for _, mean := range []float64{0.05, 3, 39, 450} {
		moments(t, "poisson", func() uint64 { return c.poisson(mean) }, mean, mean)
	}
	for _, p := range []float64{0, 0.005, 0.3, 0.8, 1} {
		moments(t, "binomial", func() uint64 { return c.binomial(50, p) }, 50*p, 50*p*(1-p))
	}
	moments(t, "geometric", func() uint64 { return c.geometric(5) }, 5, 20)
	moments(t, "geometric", func() uint64 { return c.geometric(1) }, 1, 0)
}

// Bursts leave the share of errors as it is and make it vary.
func TestBurstsAreOfTheirSizeAndShare(t *testing.T) {
	chance := newChance(1, "bursts", 0)
	for _, b := range []bursts{{}, {size: 5, dense: 1}, {size: 5, dense: 0.25}} {
		c := color{chance: chance, bursts: b}
		var sum, squares float64
		const seconds = 20_000
		for range seconds {
			k := float64(c.second(100, 0.01).Errors)
			sum += k
			squares += k * k
		}
		mean := sum / seconds
		ratio := (squares/seconds - mean*mean) / mean
		if mean < 0.9 || mean > 1.06 {
			t.Errorf("%+v: %g errors a second, want 1", b, mean)
		}
		if b.size == 0 && (ratio < 0.9 || ratio > 1.1) || b.size > 0 && (ratio < 4 || ratio > 10) {
			t.Errorf("%+v: they vary %g times as much as single ones", b, ratio)
		}
	}
}
