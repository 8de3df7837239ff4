package rollout

import "time"

// tick is how often observed time is added up, and most how much of the
// time between two decisions counts: a clock that jumps, or a controller
// that slept, observed nothing.
const tick = 5 * time.Second

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

// Resume returns s as it is to be taken up after a restart: the time since
// it was saved was observed by nobody.
func Resume(s State) State {
	apps := make(map[string]*App, len(s.Apps))
	for name, app := range s.Apps {
		a := *app
		a.Blue.Quiet.Mark, a.Green.Quiet.Mark = time.Time{}, time.Time{}
		if a.Run != nil {
			run := *a.Run
			run.Healthy.Mark = time.Time{}
			a.Run = &run
		}
		apps[name] = &a
	}
	s.Apps = apps
	return s
}
