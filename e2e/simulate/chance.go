package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
)

// chance draws numbers.
type chance struct{ *rand.Rand }

// newChance returns the numbers that belong to a seed, a scenario and a run.
func newChance(seed uint64, scenario string, run int) chance {
	key := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", seed, scenario, run))
	return chance{rand.New(rand.NewChaCha8(key))}
}

// manyArrivals is the mean from which on a Poisson number is drawn as a
// rounded normal one: it only says how many requests came.
const manyArrivals = 40

// poisson draws how many came where mean are expected.
func (c chance) poisson(mean float64) uint64 {
	if mean >= manyArrivals {
		return uint64(max(0, math.Round(mean+math.Sqrt(mean)*c.NormFloat64())))
	}
	n, product, end := uint64(0), c.Float64(), math.Exp(-mean)
	for product > end {
		n++
		product *= c.Float64()
	}
	return n
}

// binomial draws how many of n happen, each with the chance p: it leaps from
// one to the next.
func (c chance) binomial(n uint64, p float64) uint64 {
	switch {
	case p <= 0 || n == 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - c.binomial(n, 1-p)
	}
	k, at, step := uint64(0), 0.0, math.Log1p(-p)
	for {
		at += math.Floor(math.Log(1-c.Float64())/step) + 1
		if at > float64(n) {
			return k
		}
		k++
	}
}

// geometric draws a size of at least 1 with the given mean.
func (c chance) geometric(mean float64) uint64 {
	if mean <= 1 {
		return 1
	}
	return 1 + uint64(math.Log(1-c.Float64())/math.Log1p(-1/mean))
}
