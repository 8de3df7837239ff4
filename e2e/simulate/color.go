package main

import "bg/controller/judge"

// color draws what one color answers.
type color struct {
	chance chance
	bursts bursts
	left   uint64 // requests of the burst that is under way
}

// bursts says how errors come.
type bursts struct {
	size  float64 // mean number of errors in one; 0: each error comes alone
	dense float64 // share of a burst's requests that fail
}

// second draws how n requests of one second went, of which the given share
// fails. A burst is of so many requests of this color in a row.
func (c *color) second(n uint64, share float64) judge.Counts {
	counts := judge.Counts{Requests: n}
	if c.bursts.size == 0 {
		counts.Errors = c.chance.binomial(n, share)
		return counts
	}
	for range n {
		if c.left == 0 && c.chance.Float64() < share/c.bursts.size {
			c.left = c.chance.geometric(c.bursts.size / c.bursts.dense)
		}
		if c.left > 0 {
			c.left--
			if c.chance.Float64() < c.bursts.dense {
				counts.Errors++
			}
		}
	}
	return counts
}
