package judge

import "math"

// ratios are the alternatives that are bet on: how many times the odds of
// being the candidate's, or of being an error, are raised. Each gets the same
// share of the capital, so that neither a slight regression nor a total one
// has to be guessed.
var ratios = [...]float64{1.5, 2, 3, 5, 10, 30, 100}

// evidence is an e-process against "of n trials, each is an event with a
// chance of at most p". For one ratio θ a poll with k events multiplies the
// capital by
//
//	[ θ^k / (1 + (θ-1)p)^n ]^(1/φ)
//
// The bracket is the likelihood ratio of a binomial with the odds raised θ
// times; its mean is 1 where the chance is p, and less where it is smaller.
// φ >= 1, known before the poll, makes up for events that come in bursts;
// by Jensen's inequality the mean stays at or below 1.
//
// One form serves both tests. Where the colors run side by side, n is the
// errors of both, k those of the candidate and p its share of the requests:
// given their sum, errors of equally good colors fall to the candidate like
// draws without replacement, and such sums are less spread than the binomial
// (W. Hoeffding, Probability inequalities for sums of bounded random
// variables, JASA 58, 1963, theorem 4). See M. Lindon and A. Malek,
// Anytime-valid inference for multinomial count data, arXiv:2011.03567, and
// R. Turner, A. Ly and P. Grünwald, Generic E-variables for exact sequential
// k-sample tests, arXiv:2106.02693. Against a fixed share, n is the
// candidate's requests and p that share.
//
// Capital that is all staked at the start has drifted towards 0 when a
// candidate goes bad after an hour of health. So a tenth is kept back, and
// staked bit by bit, a minute at a time (see staked): each bit is an
// e-process that starts later, and a weighted mean of e-processes is one.
// The cost is ln(1/0.9) = 0.11 at the start, out of the ln 100 = 4.6 that a
// demotion takes; after an hour of health it is ln(3660/0.1) = 10.5 more
// than at the start, where otherwise it grows by the hour without end.
type evidence struct {
	// Logs are the logarithms of the capital on each ratio, before its share.
	Logs   [len(ratios)]float64 `json:"logs"`
	Staked float64              `json:"staked"` // 0 to 1; the rest is kept back
	Seen   tally                `json:"seen"`   // the candidate's, for people
}

// staked is how much of the capital is in play in the m-th minute: 0.9 in
// the first, and 0.1/(m(m+1)) more with each full minute m.
func staked(minute int64) float64 { return 1 - 0.1/float64(minute+1) }

// add takes one poll in: c.Events of n, each of a chance of at most p.
// minute, p and phi must be known without the poll's events.
func (e *evidence) add(minute int64, c tally, n, p, phi float64) {
	e.Seen = e.Seen.plus(c)
	if stake := staked(minute); stake > e.Staked {
		w := math.Log(stake - e.Staked)
		for i := range e.Logs {
			if e.Staked == 0 {
				e.Logs[i] = w
			} else {
				e.Logs[i] = logSum(e.Logs[i], w)
			}
		}
		e.Staked = stake
	}
	for i, ratio := range ratios {
		e.Logs[i] += (float64(c.Events)*math.Log(ratio) - n*math.Log1p((ratio-1)*p)) / phi
	}
}

// log is the logarithm of the whole capital, which starts at 1.
func (e *evidence) log() float64 {
	if e.Staked == 0 {
		return 0
	}
	sum := math.Log(1 - e.Staked)
	for _, l := range e.Logs {
		sum = logSum(sum, l-math.Log(float64(len(ratios))))
	}
	return sum
}

// logSum is ln(e^a + e^b).
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	return a + math.Log1p(math.Exp(b-a))
}
