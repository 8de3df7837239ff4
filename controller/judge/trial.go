package judge

import (
	"math"
	"time"
)

// Of what the test of a metric may spend of α, a little pays for the bound on
// the baseline that a soak is compared with, and the rest for the evidence.
const (
	evidencePart = 0.98
	baselinePart = 0.02
)

// negligible is a share that is never held against a color in a soak: there
// nothing runs beside it that would show whether the same would have become
// of the old color, and one that has answered a million requests without an
// error would be taken back for a dozen.
const negligible = 0.001

// Trial judges one release, from its first traffic through its soak. It is
// made by NewTrial and is plain data: it may be saved as JSON and gone on
// with, and a copy is independent.
//
// While the other color has users, both are compared over the same time, so
// what befalls both is held against neither. In a soak there is only the
// stable color's last hour to compare with; that assumes that traffic, and
// what goes wrong around the app, is now as it was in that hour. The limit of
// the Rules, if there is one, holds in both.
type Trial struct {
	Rules     Rules     `json:"rules"`
	Begun     time.Time `json:"begun"`      // the first poll with requests
	Minute    int64     `json:"minute"`     // full ones since then; never falls
	Soak      bool      `json:"soak"`       // the last poll knew no other color
	Candidate Counts    `json:"candidate"`  // since the soak began or ended
	Stable    Counts    `json:"stable"`     // in the same time
	Baseline  Baseline  `json:"baseline"`   // as last given
	Errors    evidence  `json:"errors"`     // more errors than the old color
	Limit     evidence  `json:"limit"`      // more errors than the limit
	Slow      evidence  `json:"slow"`       // more slow ones than the old color
	ErrorPair pair      `json:"error_pair"` // not yet in Errors
	SlowPair  pair      `json:"slow_pair"`
	Witness   witness   `json:"witness"`
	Mass      mass      `json:"mass"`             // errors, for the bound
	Failed    string    `json:"failed,omitempty"` // the test that has; then the Trial is over
}

// NewTrial returns a Trial without evidence. An Alpha outside of 1e-6 to 0.5
// becomes the nearer of these, a Limit outside of 0 to 1 none.
func NewTrial(r Rules) *Trial { return &Trial{Rules: r.checked()} }

// Add takes one poll in. b is the stable color's baseline from before the
// poll; in a soak it is that of the former color, from before the switch. A
// poll without a request changes nothing, and none does after a failure.
func (t *Trial) Add(p Poll, b Baseline) {
	c, s := p.Candidate.checked(), Counts{}
	if p.Stable != nil {
		s = p.Stable.checked()
	}
	if t.Failed != "" || c.Requests == 0 && s.Requests == 0 {
		return
	}
	t.Baseline = b.checked()
	t.enter(p)
	t.Candidate, t.Stable = t.Candidate.Plus(c), t.Stable.Plus(s)

	errors, slow := t.dispersions()
	t.Mass = t.Mass.plus(c.errors(), errors)
	t.compare(&t.Errors, &t.ErrorPair, c.errors(), s.errors(), t.Baseline.errors(), errors)
	if t.Rules.Speed {
		t.compare(&t.Slow, &t.SlowPair, c.slow(), s.slow(), t.Baseline.slow(), slow)
	}
	if limit := t.Rules.Limit; limit > 0 && (t.Soak || !t.Witness.exceeds(p.At, s.errors(), limit)) {
		t.Limit.add(t.Minute, c.errors(), float64(c.Requests), limit, errors)
	}
	t.judge()
}

// enter takes in when the poll was, and whether it is of a soak.
func (t *Trial) enter(p Poll) {
	if t.Begun.IsZero() {
		t.Begun = p.At
	}
	t.Minute = max(t.Minute, int64(p.At.Sub(t.Begun)/time.Minute))
	if soak := p.Stable == nil; soak != t.Soak {
		t.Soak = soak
		t.Candidate, t.Stable = Counts{}, Counts{}
		t.Errors.Seen, t.Limit.Seen, t.Slow.Seen = tally{}, tally{}, tally{}
		t.ErrorPair, t.SlowPair = pair{}, pair{}
	}
}

// dispersions are those of errors and of slow answers. What changes with time
// alone matters where nothing else is there at the same time.
func (t *Trial) dispersions() (errors, slow float64) {
	b := t.Baseline
	if t.Soak {
		return max(b.ErrorDispersion, b.ErrorDrift), max(b.SlowDispersion, b.SlowDrift)
	}
	return b.ErrorDispersion, b.SlowDispersion
}

// compare bets that the candidate is worse than the stable color beside it
// or, in a soak, than that one's baseline. One capital goes through both.
func (t *Trial) compare(e *evidence, beside *pair, c, s, baseline tally, phi float64) {
	if t.Soak {
		if baseline.Of > 0 {
			e.add(t.Minute, c, float64(c.Of), t.expected(baseline, phi), phi)
		}
		return
	}
	beside.add(c, s, phi)
	if beside.whole() {
		e.add(t.Minute, beside.Candidate, beside.errors(), beside.share(), beside.Dispersion)
		*beside = pair{}
	}
}

// expected is the share that a color in a soak may have: the upper bound of
// the former color's.
func (t *Trial) expected(baseline tally, phi float64) float64 {
	alpha := baselinePart * t.Rules.share()
	return max(negligible, upper(mass{}.plus(baseline, phi), alpha))
}

// judge lets the Trial fail if a test has enough evidence.
func (t *Trial) judge() {
	switch enough := -math.Log(evidencePart * t.Rules.share()); {
	case t.Errors.log() >= enough:
		t.Failed = ErrorsTest
	case t.Limit.log() >= enough:
		t.Failed = LimitTest
	case t.Slow.log() >= enough:
		t.Failed = SlowTest
	}
}
