package judge

import "math"

// Outcome is what a Trial has come to, so far.
type Outcome string

// The outcomes.
const (
	Fail Outcome = "fail"              // it is worse, or beyond the limit: demote it
	Pass Outcome = "pass"              // there is positive evidence that it is good
	Thin Outcome = "insufficient-data" // neither
)

// The names of tests.
const (
	ErrorsTest = "errors"       // more errors than the old color
	LimitTest  = "errors-limit" // more errors than the limit
	SlowTest   = "slow"         // more slow ones than the old color
)

// Verdict is what a Trial has come to, with its numbers.
type Verdict struct {
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason"`    // one line for people
	Soak      bool    `json:"soak"`      // there is no other color with users
	Candidate Counts  `json:"candidate"` // since the soak began, or the canary
	Stable    Counts  `json:"stable"`    // in the same time; in a soak those of its last hour
	Tests     []Test  `json:"tests"`     // those that are on and have something to go by
	// Bound is the most that the candidate's share of errors is, with a
	// certainty of 1 - Alpha; it passes when that is under Limit.
	Bound float64 `json:"bound"`
	Limit float64 `json:"limit"`
	More  uint64  `json:"more"` // further requests without an error that would let it pass
}

// Test is one test of a Verdict. The candidate fails it when E reaches
// Threshold.
type Test struct {
	Name       string  `json:"name"`
	E          float64 `json:"e"` // how many times over a bet against the candidate has paid; at most 1e15
	Threshold  float64 `json:"threshold"`
	Dispersion float64 `json:"dispersion"` // at least 1; evidence counts by its inverse
	Of         uint64  `json:"of"`         // requests of the candidate that it goes by
	Events     uint64  `json:"events"`     // those of them that failed, or were slow
	Against    float64 `json:"against"`    // the share of them that is compared with
}

// mostE keeps E a number that JSON can hold.
const mostE = 1e15

// Verdict returns what the polls so far have come to.
func (t *Trial) Verdict() Verdict {
	v := Verdict{
		Soak: t.Soak, Candidate: t.Candidate, Stable: t.Stable, Tests: t.tests(),
		Limit: t.passLimit(), Bound: upper(t.Mass, t.Rules.Alpha),
	}
	if t.Soak {
		v.Stable = t.Baseline.Counts
	}
	switch {
	case t.Failed != "":
		v.Outcome = Fail
	case under(t.Mass, v.Limit, t.Rules.Alpha):
		v.Outcome = Pass
	default:
		v.Outcome = Thin
		phi, _ := t.dispersions()
		v.More = more(t.Mass, v.Limit, t.Rules.Alpha, atLeast1(phi))
	}
	v.Reason = t.reason(v)
	return v
}

// enoughWithout is the share of errors under which a candidate passes where
// no limit is given, or twice the stable color's share where that is more.
const enoughWithout = 0.05

// passLimit is what the bound must be under.
func (t *Trial) passLimit() float64 {
	if t.Rules.Limit > 0 {
		return t.Rules.Limit
	}
	stable := t.Stable
	if stable.Requests == 0 {
		stable = t.Baseline.Counts
	}
	return min(max(enoughWithout, 2*stable.errors().share()), 1)
}

// tests returns the tests that are on and have something to go by.
func (t *Trial) tests() []Test {
	var tests []Test
	add := func(name string, e *evidence, against, phi float64) {
		if e.Staked == 0 {
			return
		}
		tests = append(tests, Test{
			Name: name, E: min(math.Exp(e.log()), mostE), Threshold: 1 / (evidencePart * t.Rules.share()),
			Dispersion: phi, Of: e.Seen.Of, Events: e.Seen.Events, Against: against,
		})
	}
	errors, slow := t.dispersions()
	errorShare, slowShare := t.Stable.errors().share(), t.Stable.slow().share()
	if t.Soak {
		errorShare = t.expected(t.Baseline.errors(), errors)
		slowShare = t.expected(t.Baseline.slow(), slow)
	}
	add(ErrorsTest, &t.Errors, errorShare, errors)
	add(LimitTest, &t.Limit, t.Rules.Limit, errors)
	add(SlowTest, &t.Slow, slowShare, slow)
	return tests
}
