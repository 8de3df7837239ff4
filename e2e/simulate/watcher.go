package main

import (
	"time"

	"bg/controller/judge"
)

// alpha is what bg's judge may spend on false demotions.
const alpha = 0.01

// watcher looks at each poll of a release and says once and for all whether
// the new color is to be demoted.
type watcher interface {
	see(p judge.Poll) (demote bool)
}

// watchers are bg's judge and the two stand-ins, in the table's order.
var watchers = []string{"bg", "99% a minute, 5 failures", "95% a minute, over 3"}

// own is bg's judge, which is given the old color's history as a controller
// would give it.
type own struct {
	trial   *judge.Trial
	history *judge.History
	former  *judge.Baseline // of the former color, in a soak
}

func (o *own) see(p judge.Poll) bool {
	switch {
	case o.former != nil:
		o.trial.Add(p, *o.former)
	default:
		o.trial.Add(p, o.history.Baseline(p.At))
		o.history.Add(p.At, *p.Stable)
	}
	return o.trial.Failed != ""
}

// rule looks once a minute at the share of requests that the new color
// answered well in it, and demotes at the given number of minutes below what
// it wants. Flagger's request-success-rate with interval 1m is of this kind
// (it counts failed checks and never forgets one), and so is a success
// condition of Argo Rollouts with a failureLimit, which is what may fail and
// not what may not. A minute without requests counts as neither.
type rule struct {
	want     float64 // share of good answers
	failures int     // so many demote
	begun    time.Time
	minute   judge.Counts
	failed   int
}

func (r *rule) see(p judge.Poll) bool {
	if r.begun.IsZero() {
		r.begun = p.At
	}
	if p.At.Sub(r.begun) >= time.Minute {
		if c := r.minute; c.Requests > 0 && float64(c.Requests-c.Errors) < r.want*float64(c.Requests) {
			r.failed++
		}
		r.begun, r.minute = p.At, judge.Counts{}
	}
	r.minute = r.minute.Plus(p.Candidate)
	return r.failed >= r.failures
}
