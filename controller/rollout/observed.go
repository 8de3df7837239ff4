package rollout

import (
	"time"

	"bg/labels"
)

// tick is how often observed time is added up, and most how much of the
// time between two decisions counts: a clock that jumps, or a controller
// that slept, observed nothing.
const tick = 5 * time.Second

// usual is the default of bg.deadline, for labels that cannot be read.
const usual = 10 * time.Minute

// Observed is time in which something was seen to hold, all of it together.
// It counts decisions' time only while Docker was looked at in between.
type Observed struct {
	Total time.Duration `json:",omitempty"`
	Mark  time.Time     // up to when Total is counted; zero while it does not hold
}

// watch adds the time since the last decision to o if it holds, and reports
// whether goal is reached. It changes o at most once per tick, so that time
// alone seldom leads to a write.
func (t *turn) watch(o Observed, holds bool, goal time.Duration) (Observed, bool) {
	switch {
	case o.Total >= goal:
		return o, true
	case t.in.Blind || !holds:
		o.Mark = time.Time{}
		return o, false
	case o.Mark.IsZero() || t.in.Now.Before(o.Mark):
		o.Mark = t.in.Now
	}
	passed := t.in.Now.Sub(o.Mark)
	if passed >= tick || o.Total+passed >= goal {
		o.Total += min(passed, tick)
		o.Mark = t.in.Now
	}
	if o.Total >= goal {
		return o, true
	}
	t.wake = earliest(t.wake, o.Mark.Add(min(tick, goal-o.Total)))
	return o, false
}

// healthy counts the time in which the run's color answered for all of it,
// by what users get, and reports whether that is enough.
func (t *turn) healthy(goal time.Duration) bool {
	r := t.app.Run
	o, enough := t.watch(r.Healthy, t.proven(r.Color) && t.app.Generation <= t.confirmed, goal)
	if o != r.Healthy {
		t.edit(func(r *Run) { r.Healthy = o })
	}
	return enough
}

// late reports whether what the run waits for now has taken longer than
// limit. Only time in which that could be seen counts: neither a jump of the
// clock nor a silent Docker ends a release.
func (t *turn) late(limit time.Duration, seen bool) bool {
	r := t.app.Run
	o, over := t.watch(r.Spent, seen, limit)
	if o != r.Spent {
		t.edit(func(r *Run) { r.Spent = o })
	}
	return over && seen && !t.in.Blind
}

// deadline is the time in which color c must get ready.
func (t *turn) deadline(c labels.Color) time.Duration {
	if d := t.longest(c, func(s *labels.Spec) time.Duration { return s.Deadline }); d > 0 {
		return d
	}
	return usual
}

// longest returns the largest of what the labels of the color ask for.
func (t *turn) longest(c labels.Color, of func(*labels.Spec) time.Duration) time.Duration {
	var d time.Duration
	for _, m := range t.members.of(c) {
		if m.valid() {
			d = max(d, of(m.Spec))
		}
	}
	return d
}

// Resume returns s as it is to be taken up after a restart: the time since
// it was saved was observed by nobody.
func Resume(s State) State {
	apps := make(map[string]*App, len(s.Apps))
	for name, app := range s.Apps {
		a := *app
		a.Blue.Quiet.Mark, a.Green.Quiet.Mark = time.Time{}, time.Time{}
		a.Returning.Mark = time.Time{}
		if a.Run != nil {
			run := *a.Run
			run.Healthy.Mark, run.Spent.Mark = time.Time{}, time.Time{}
			a.Run = &run
		}
		a.reclaim()
		apps[name] = &a
	}
	s.Apps = apps
	return s
}
