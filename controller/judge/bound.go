package judge

import "math"

// The mixture of shares that bounds are taken with: Beta(1/2, 10), for it is
// small shares of errors that have to be told apart.
const (
	priorEvents = 0.5
	priorRest   = 10
)

// mass is a tally in which polls weigh 1/φ each.
type mass struct {
	Events float64 `json:"events"`
	Of     float64 `json:"of"`
}

func (m mass) plus(t tally, phi float64) mass {
	return mass{m.Events + float64(t.Events)/phi, m.Of + float64(t.Of)/phi}
}

// upper returns the upper bound of a share that holds with a chance of at
// least 1-alpha, at all looks at once. It is Robbins' mixture (H. Robbins,
// Statistical methods related to the law of the iterated logarithm, Ann.
// Math. Statist. 41, 1970): against the true share p,
//
//	B(k+a, n-k+b) / B(a, b) / (p^k (1-p)^(n-k))
//
// is an e-process, so shares at which it has reached 1/alpha are ruled out.
// Above k/n it grows with p. Without a request the bound is 1.
func upper(m mass, alpha float64) float64 {
	low, high := 0.0, 1.0
	if m.Of > 0 {
		low = m.Events / m.Of
	}
	mixture := logMixture(m)
	for range 60 {
		p := (low + high) / 2
		if ruledOut(m, mixture, p, alpha) {
			high = p
		} else {
			low = p
		}
	}
	return high
}

// under reports whether upper(m, alpha) < p.
func under(m mass, p, alpha float64) bool {
	return m.Of > 0 && m.Events < p*m.Of && ruledOut(m, logMixture(m), p, alpha)
}

func ruledOut(m mass, mixture, p, alpha float64) bool {
	return mixture-logLikelihood(m, p) >= -math.Log(alpha)
}

func logMixture(m mass) float64 {
	return logBeta(m.Events+priorEvents, m.Of-m.Events+priorRest) - logBeta(priorEvents, priorRest)
}

func logLikelihood(m mass, p float64) float64 {
	l := 0.0
	if m.Events > 0 {
		l += m.Events * math.Log(p)
	}
	if rest := m.Of - m.Events; rest > 0 {
		l += rest * math.Log1p(-p)
	}
	return l
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// mostMore is the most requests that more asks for.
const mostMore = 1 << 40

// more returns how many further requests without an event would bring the
// upper bound under p, 0 if it is there; mostMore at the most.
func more(m mass, p, alpha, phi float64) uint64 {
	enough := func(n uint64) bool { return under(m.plus(tally{Of: n}, phi), p, alpha) }
	low, high := uint64(0), uint64(1)
	if enough(0) {
		return 0
	}
	for !enough(high) {
		if high >= mostMore {
			return mostMore
		}
		low, high = high, high*2
	}
	for high-low > 1 {
		if mid := (low + high) / 2; enough(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
