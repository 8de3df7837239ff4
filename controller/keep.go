package controller

import (
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"time"

	"bg/controller/rollout"
)

// How often the store gets what the court knows: an hour of the old color is
// worth little more by every second, the evidence on a release is.
const (
	keepTrial = 10 * time.Second
	keepIdle  = 5 * time.Minute
)

// hear has the court hear what Traefik has counted, and reports whether that
// changes a verdict.
func (l *loop) hear(r reading) bool {
	trials := rollout.Trials(l.state, l.world, l.policy, time.Now())
	changed := l.court.hear(r.metrics, trials, l.state, l.recall)
	l.haste()
	return changed
}

// haste has Traefik's counts read every second while a release is under way.
func (l *loop) haste() {
	fast := false
	for _, a := range l.state.Apps {
		fast = fast || a.Run != nil && a.Run.Outcome == ""
	}
	if fast != l.hurry {
		l.hurry = fast
		l.pace.put(fast)
	}
}

// recall returns what the store has of one service, or a new arm.
func (l *loop) recall(app, service string) *arm {
	fresh := func() *arm { return &arm{kept: time.Now()} }
	data, err := l.Store.Get(armKey(app, service))
	if err != nil || data == nil {
		return fresh()
	}
	a := fresh()
	if err := json.Unmarshal(data, a); err != nil {
		l.Log.Warn("what was kept of an app's traffic cannot be read: it begins anew", "app", app, "service", service, "error", err)
		return fresh()
	}
	return a
}

// seed is for telling whether what is kept has changed.
var seed = maphash.MakeSeed()

// maxKept bounds how many services the store gets in one go, for the loop
// waits for it.
const maxKept = 50

// keepCourt gives the store what is due, or with all of it everything.
func (l *loop) keepCourt(all bool) {
	now, values := time.Now(), map[string][]byte{}
	for app, d := range l.court.cases {
		period := keepIdle
		if a := l.state.Apps[app]; a != nil && a.Run != nil && a.Run.Outcome == "" {
			period = keepTrial
		}
		if l.state.Apps[app] == nil {
			d.past = slices.AppendSeq(d.past, maps.Keys(d.arms))
			delete(l.court.cases, app)
			clear(d.arms)
		}
		for _, service := range d.past {
			values[armKey(app, service)] = nil
		}
		d.past = nil
		for service, a := range d.arms {
			if !all && (len(values) >= maxKept || now.Sub(a.kept) < period) {
				continue
			}
			a.kept = now
			data, err := json.Marshal(a)
			if err != nil {
				l.Log.Warn("what is known of an app's traffic cannot be kept", "app", app, "service", service, "error", err)
				continue
			}
			if sum := maphash.Bytes(seed, data); sum != a.sum { // without traffic nothing is new
				a.sum, values[armKey(app, service)] = sum, data
			}
		}
	}
	if len(values) == 0 {
		return
	}
	if err := l.Store.Put(values); err != nil {
		l.Log.Warn("what is known of the apps' traffic could not be kept", "error", err)
	}
}

func armKey(app, service string) string { return "traffic/" + app + "/" + service }
