package judge

import "math"

// spread holds the sums that tell how unevenly events come over parts of a
// time (its polls, its minutes) that have any trials.
type spread struct {
	tally
	Parts   uint64  `json:"parts"`
	Squares float64 `json:"squares"` // sum of events²/trials
}

func (s *spread) add(part tally) {
	if part.Of == 0 {
		return
	}
	s.tally = s.plus(part)
	s.Parts = plus(s.Parts, 1)
	s.Squares += float64(part.Events) * float64(part.Events) / float64(part.Of)
}

// Below fewEvents nothing is known of how events come. mostCoarse is the most
// that minutes and longer times are believed: what looks like longer bursts
// is rather an outage, and a judge that took one of an hour ago for the nature
// of the app would be blind. safety is in standard deviations.
const (
	fewEvents      = 5
	mostCoarse     = 10
	safety         = 2
	mostDispersion = 1e9 // keeps evidence a number whatever was saved
)

// dispersion returns how many times as much events vary from part to part as
// they would if each came by itself: Pearson's chi-square over its degrees of
// freedom (P. McCullagh and J. Nelder, Generalized Linear Models, 1989,
// section 4.5),
//
//	Σ (k - λn)² / (λn) / (m-1) = (Σ k²/n · N/K - K) / (m-1)
//
// Each time expects its own λ = K/N in all of its parts, so that swings of
// load, uneven polls and slow changes count for nothing; times weigh by their
// events, or a few long bursts would be lost among the quiet times.
//
// What chance alone may make of it, three standard deviations of a
// chi-square, is 1. What is more is known from about K/φ bursts only, and is
// taken on the safe side: too low a φ demotes for nothing, too high a one is
// just slower.
func dispersion(times ...spread) float64 {
	var weighted, free, events float64
	for _, s := range times {
		if s.Events > 0 && s.Parts > 1 {
			k, n, m := float64(s.Events), float64(s.Of), float64(s.Parts)
			weighted += k * (s.Squares*n/k - k) / (m - 1)
			free += m - 1
			events += k
		}
	}
	if events < fewEvents {
		return 1
	}
	phi := weighted / events
	if phi < 1+3*math.Sqrt(2/free) {
		return 1
	}
	return atLeast1(phi * (1 + safety*math.Sqrt(phi/events)))
}

// atLeast1 takes what is no number for 1.
func atLeast1(phi float64) float64 {
	if phi > 1 {
		return min(phi, mostDispersion)
	}
	return 1
}
