package judge

import (
	"math"
	"math/big"
	"testing"
)

// near compares to nine digits.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

// product is what a stake at minute from has become, computed as the formula
// is written, in 200 bits.
func product(ratio float64, polls []bet, from int64) *big.Float {
	value := new(big.Float).SetPrec(200).SetInt64(1)
	one := new(big.Float).SetPrec(200).SetInt64(1)
	for _, b := range polls {
		if b.minute < from {
			continue
		}
		theta := new(big.Float).SetPrec(200).SetFloat64(ratio)
		below := new(big.Float).Sub(theta, one)
		below.Mul(below, new(big.Float).SetFloat64(b.p)).Add(below, one)
		for range b.k {
			value.Mul(value, theta)
		}
		for range b.n {
			value.Quo(value, below)
		}
	}
	return value
}

// bet is one poll: k events of n, of a chance of p.
type bet struct {
	minute int64
	k, n   uint64
	p      float64
}

func TestEvidenceIsTheMeanOfBetsThatStartMinuteByMinute(t *testing.T) {
	polls := []bet{{0, 0, 3, 0.1}, {0, 1, 2, 0.12}, {1, 2, 3, 0.1}, {2, 0, 7, 0.25}, {5, 4, 6, 0.25}, {5, 3, 5, 0.3}, {9, 2, 2, 0.1}}
	var e evidence
	for _, b := range polls {
		e.add(b.minute, tally{b.k, b.n}, float64(b.n), b.p, 1)
	}
	// 0.9 starts with the first poll, 0.1/(m(m+1)) with the m-th minute, and
	// what has not started is kept.
	want := new(big.Float).SetPrec(200)
	kept := 1.0
	for m := int64(0); m <= 9; m++ {
		weight := 0.9
		if m > 0 {
			weight = 0.1 / float64(m*(m+1))
		}
		kept -= weight
		for _, ratio := range ratios {
			part := product(ratio, polls, m)
			want.Add(want, part.Mul(part, new(big.Float).SetFloat64(weight/7)))
		}
	}
	want.Add(want, new(big.Float).SetFloat64(kept))
	exact, _ := want.Float64()
	near(t, "E", math.Exp(e.log()), exact)
}

func TestDispersionTakesTheRootOfABet(t *testing.T) {
	var single, rooted evidence
	single.add(0, tally{3, 4}, 4, 0.2, 1)
	rooted.add(0, tally{3, 4}, 4, 0.2, 2.5)
	for i := range ratios {
		near(t, "log", rooted.Logs[i]-math.Log(0.9), (single.Logs[i]-math.Log(0.9))/2.5)
	}
}

func binomial(n, k int) float64 {
	x, _ := new(big.Float).SetInt(new(big.Int).Binomial(int64(n), int64(k))).Float64()
	return x
}

// Every outcome of one poll, by its chance: the mean of E is 1 where errors
// fall by the binomial, and no more where they are draws without replacement,
// as those of equally good colors are.
func TestABetIsFairToAColorThatIsNoWorse(t *testing.T) {
	mine, others, errors := 6, 34, 9
	value := func(k int, phi float64) float64 {
		var e evidence
		e.add(0, tally{uint64(k), 0}, float64(errors), float64(mine)/float64(mine+others), phi)
		return math.Exp(e.log())
	}
	var fair, drawn, rooted, good float64
	for k := range errors + 1 {
		p := float64(mine) / float64(mine+others)
		by := binomial(errors, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(errors-k))
		fair += by * value(k, 1)
		rooted += by * value(k, 3)
		better := p / 2
		good += binomial(errors, k) * math.Pow(better, float64(k)) * math.Pow(1-better, float64(errors-k)) * value(k, 1)
		if k <= mine {
			drawn += binomial(mine, k) * binomial(others, errors-k) / binomial(mine+others, errors) * value(k, 1)
		}
	}
	near(t, "mean by the binomial", fair, 1)
	if drawn >= 1 || rooted >= 1 || good >= 1 {
		t.Errorf("mean without replacement %g, rooted %g, of a better color %g: want less than 1", drawn, rooted, good)
	}
}

// The chance that E ever reaches 1/α, looked at after every request, summed
// exactly over all ways: the state is the number of events so far.
func TestNoMoreThanAlphaEverReachTheThreshold(t *testing.T) {
	const alpha, requests = 0.01, 1500
	for _, p := range []float64{0.005, 0.05, 0.4} {
		alive := map[uint64]float64{0: 1}
		reached := 0.0
		for n := uint64(1); n <= requests; n++ {
			next := map[uint64]float64{}
			for k, chance := range alive {
				next[k] += chance * (1 - p)
				next[k+1] += chance * p
			}
			for k, chance := range next {
				var e evidence
				if e.add(0, tally{k, n}, float64(n), p, 1); e.log() >= -math.Log(alpha) {
					reached += chance
					delete(next, k)
				} else if chance < 1e-15 {
					delete(next, k)
				}
			}
			alive = next
		}
		if reached > alpha || reached < alpha/100 {
			t.Errorf("p %g: it is reached with a chance of %g, want at most %g and not next to never", p, reached, alpha)
		}
	}
}

// late is how many polls of a bad candidate it takes to E 100 after so many
// healthy minutes, each of ten errors of which one is the candidate's.
func late(e evidence, healthy int64) (polls int) {
	for m := range healthy {
		e.add(m, tally{1, 10}, 10, 0.1, 1)
	}
	for e.log() < math.Log(100) {
		polls++
		e.add(healthy, tally{1, 2}, 2, 0.1, 1)
	}
	return polls
}

func TestHealthDoesNotUseUpTheEvidence(t *testing.T) {
	allAtOnce := evidence{Staked: math.Nextafter(1, 0)} // all is staked, nothing starts later
	for hours, most := range map[int64]int{0: 0, 1: 12, 24: 18} {
		own, other := late(evidence{}, hours*60), late(allAtOnce, hours*60)
		if hours == 0 && (own > other+1 || own < other) {
			t.Errorf("at once: %d polls, %d without the rest that is kept", own, other)
		}
		if hours > 0 && (own > late(evidence{}, 0)+most || other <= own) {
			t.Errorf("after %d hours: %d polls, %d if all is staked at once", hours, own, other)
		}
	}
}
