// Package judge tells from counts of requests whether a new color is worse
// than the old one, at every look and at any number of looks.
//
// A Trial holds one e-process for each test: a sum of bets against "the new
// color is no worse" that, if it is none the worse, is worth at most 1 on the
// average at any time. By Ville's inequality (J. Ville, Étude critique de la
// notion de collectif, 1939) such a process ever reaches 1/α with a chance of
// at most α, however often and whenever one looks; so a demotion is what
// happens when it does. The tests share α, so the promise is for the whole
// Trial.
//
// The package is pure: no clock, no I/O, no chance, no log, and it imports
// nothing of the project. What it is given may be odd: more errors than
// requests, a clock that goes back, sums past 64 bits; each has a meaning and
// none a panic. Its types are for one goroutine at a time.
package judge

import "time"

// Rules is what a Trial goes by.
type Rules struct {
	Alpha float64 `json:"alpha"`           // chance of a false demotion in the whole Trial
	Limit float64 `json:"limit,omitempty"` // share of errors that is put up with, 0 to 1; 0: none given
	Speed bool    `json:"speed,omitempty"` // slowness is judged too
}

// The bounds of Rules.Alpha; what is beyond them, or not a number, becomes
// the nearer one.
const (
	minAlpha = 1e-6
	maxAlpha = 0.5
)

// checked returns r within its bounds.
func (r Rules) checked() Rules {
	if !(r.Alpha >= minAlpha) { // NaN too
		r.Alpha = minAlpha
	}
	r.Alpha = min(r.Alpha, maxAlpha)
	if !(r.Limit > 0) || r.Limit >= 1 {
		r.Limit = 0
	}
	return r
}

// share is the α of one test: the tests that are on get the same.
func (r Rules) share() float64 {
	tests := 1.0
	if r.Limit > 0 {
		tests++
	}
	if r.Speed {
		tests++
	}
	return r.Alpha / tests
}

// Poll is one look at the proxy: what came since the look before.
type Poll struct {
	At        time.Time `json:"at"`
	Candidate Counts    `json:"candidate"`
	// Stable is what the other color answered in the same time; nil where no
	// other color has users, as in the soak.
	Stable *Counts `json:"stable,omitempty"`
}
