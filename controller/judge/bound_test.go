package judge

import (
	"math"
	"testing"
)

// The mixture as the integral that it stands for, by Simpson's rule after
// q = x², which takes the pole of the prior at 0 away.
func TestTheMixtureIsTheIntegralOverShares(t *testing.T) {
	integral := func(k, rest float64) float64 {
		const steps = 20_000
		sum := 0.0
		for i := range steps + 1 {
			x := float64(i) / steps
			weight := 2.0
			switch {
			case i == 0 || i == steps:
				weight = 1
			case i%2 == 1:
				weight = 4
			}
			sum += weight * 2 * math.Pow(x*x, k) * math.Pow(1-x*x, rest+priorRest-1)
		}
		return sum / steps / 3
	}
	for _, m := range []mass{{0, 40}, {3, 50}, {2.5, 17.5}} {
		want := math.Log(integral(m.Events, m.Of-m.Events) / integral(0, 0))
		near(t, "mixture", logMixture(m), want)
	}
}

// Without an error the mixture is the product of (10+i)/(10.5+i), so it can
// be had without a gamma function.
func TestSoManyRequestsWithoutAnErrorAreEnough(t *testing.T) {
	for _, c := range []struct{ limit, alpha float64 }{{0.05, 0.01}, {0.01, 0.01}, {0.3, 0.05}} {
		want, log := uint64(0), 0.0
		for ; log-float64(want)*math.Log1p(-c.limit) < -math.Log(c.alpha); want++ {
			log += math.Log((priorRest + float64(want)) / (priorRest + priorEvents + float64(want)))
		}
		if got := more(mass{}, c.limit, c.alpha, 1); got != want {
			t.Errorf("limit %g, alpha %g: %d requests, want %d", c.limit, c.alpha, got, want)
		}
		if twice := more(mass{}, c.limit, c.alpha, 2); twice != 2*want && twice != 2*want-1 {
			t.Errorf("limit %g, alpha %g: %d requests of half the weight, want twice %d", c.limit, c.alpha, twice, want)
		}
	}
	if n := more(mass{}, 0.05, 0.01, 1); n < 100 || n > 131 {
		t.Errorf("%d requests for 5%% at 1%%: that is not what is promised", n)
	}
}

// The chance that the bound is ever below the true share, looked at after
// every request, summed exactly over all ways.
func TestTheBoundHoldsAtAllLooks(t *testing.T) {
	const alpha, requests = 0.05, 600
	for _, p := range []float64{0.01, 0.1, 0.6} {
		alive := map[int]float64{0: 1}
		wrong := 0.0
		for n := 1; n <= requests; n++ {
			next := map[int]float64{}
			for k, chance := range alive {
				next[k] += chance * (1 - p)
				next[k+1] += chance * p
			}
			for k, chance := range next {
				if under(mass{float64(k), float64(n)}, p, alpha) {
					wrong += chance
					delete(next, k)
				} else if chance < 1e-15 {
					delete(next, k)
				}
			}
			alive = next
		}
		if wrong > alpha || wrong < alpha/1000 {
			t.Errorf("p %g: the bound is wrong with a chance of %g, want at most %g and not next to never", p, wrong, alpha)
		}
	}
}

func TestTheBoundIsTheLeastShareThatIsRuledOut(t *testing.T) {
	for _, m := range []mass{{0, 1}, {0, 200}, {7, 200}, {200, 200}, {1e12, 1e15}, {0.3, 0.4}} {
		bound := upper(m, 0.01)
		if bound < m.Events/m.Of || bound > 1 {
			t.Errorf("%v: bound %g", m, bound)
		}
		if bound < 1 && (!under(m, bound*(1+1e-9), 0.01) || under(m, bound*(1-1e-9), 0.01)) {
			t.Errorf("%v: bound %g is not where shares begin to be ruled out", m, bound)
		}
	}
	if b := upper(mass{}, 0.01); b != 1 {
		t.Errorf("without a request: %g", b)
	}
}
