package traefik

import (
	"math"
	"slices"
	"time"

	"bg/labels"
)

// Delta is what a leaf answered between two looks at the metrics. The zero
// Delta is nothing.
type Delta struct {
	now, was Leaf
	bounds   []float64
}

// Since returns what each leaf of m has answered since prev. What prev does not
// have came after it, however long ago that was: the caller judges whether it
// is still of use. There is nothing where prev is the zero Metrics, as at the
// very first look: what Traefik counted before may be of any age.
//
// Counts only rise, and Traefik forgets those of a service all at once: when it
// restarts, and at the first look after the service left the configuration. So
// where one of a leaf's counts fell or vanished all of them began anew, and
// count in full. (A restart after which every one has grown beyond its old
// value goes unseen: then too little is counted, never too much.) Statuses and
// durations are judged apart: Traefik drops them one after the other, and the
// look may fall in between.
func (m Metrics) Since(prev Metrics) map[string]Delta {
	if prev.At.IsZero() {
		return nil
	}
	deltas := make(map[string]Delta, len(m.Leaves))
	sameBounds := slices.Equal(m.Bounds, prev.Bounds)
	for name, now := range m.Leaves {
		d := Delta{now: *now, bounds: m.Bounds}
		if was := prev.Leaves[name]; was != nil {
			if !was.outdoes(now) {
				d.was.codes, d.was.rescued = was.codes, was.rescued
			}
			if sameBounds && !was.within.outdoes(now.within) && !was.gaveUp.outdoes(now.gaveUp) {
				d.was.within, d.was.gaveUp = was.within, was.gaveUp
			}
		}
		deltas[name] = d
	}
	return deltas
}

// outdoes reports whether l has more of some status than later has, which a
// later look at the same counters can't show.
func (l *Leaf) outdoes(later *Leaf) bool {
	return l.rescued > later.rescued || slices.ContainsFunc(l.codes, func(a answers) bool { return a.n > later.count(a.code) })
}

func (l *Leaf) count(code int) uint64 {
	for _, a := range l.codes {
		if a.code == code {
			return a.n
		}
	}
	return 0
}

// outdoes is Leaf's for durations of the same bounds, between any two of them.
func (d durations) outdoes(later durations) bool {
	if later == nil {
		return d != nil
	}
	var was, is uint64
	for i, n := range d {
		if n-was > later[i]-is {
			return true
		}
		was, is = n, later[i]
	}
	return false
}

// Bound returns the smallest bound of the histogram that is not below latency,
// and its index; no bound, 0, if none is that large.
func (m Metrics) Bound(latency time.Duration) time.Duration {
	_, bound := ceiling(m.Bounds, latency)
	return bound
}

// ceiling is Bound, with its index too.
func ceiling(bounds []float64, latency time.Duration) (int, time.Duration) {
	for i, b := range bounds {
		if d := time.Duration(math.Round(b * float64(time.Second))); d >= latency {
			return i, d
		}
	}
	return 0, 0
}

// Counts returns how many requests the leaf answered and how many of them with
// an error, which is a status of that range. Not counted are those that Traefik
// notes as 499, whatever the range says: the client went away before the first
// byte, which is nobody's fault.
//
// Of timed requests slow ones took longer than bound, the smallest one of the
// histogram that is not below latency. A client that went away after waiting
// longer than that counts as one of them, since its answer would have been
// late: an app that hangs has no others. One that went away sooner tells
// nothing. Where latency is 0 or no bound is that large, all three are 0.
func (d Delta) Counts(status labels.StatusRange, latency time.Duration) (requests, errors, timed, slow uint64, bound time.Duration) {
	for _, a := range d.now.codes {
		n := a.n - d.was.count(a.code)
		if a.code == clientGone {
			continue
		}
		requests += n
		if status.From <= a.code && a.code <= status.To {
			errors += n
		}
	}
	if latency <= 0 {
		return requests, errors, 0, 0, 0
	}
	i, bound := ceiling(d.bounds, latency)
	if bound == 0 {
		return requests, errors, 0, 0, 0
	}
	last := len(d.bounds)
	answered := d.now.within.since(d.was.within, last)
	waited := d.now.gaveUp.since(d.was.gaveUp, last) - d.now.gaveUp.since(d.was.gaveUp, i)
	return requests, errors, answered + waited, answered - d.now.within.since(d.was.within, i) + waited, bound
}

// since returns how many more are within the bound of that index.
func (d durations) since(was durations, i int) uint64 {
	switch {
	case d == nil:
		return 0
	case was == nil:
		return d[i]
	}
	return d[i] - was[i]
}

// Rescued returns how many requests the leaf could not answer, with the methods
// and statuses for which Traefik asks the color that rescues, if there is one:
// GET, HEAD or OPTIONS and 502-504. Those of event streams and WebSockets count.
func (d Delta) Rescued() uint64 { return d.now.rescued - d.was.rescued }
