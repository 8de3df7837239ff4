package docker

import (
	"slices"
	"time"
)

// lane says how urgent an inspect is. Those that an event asked for go
// before those that a list did.
type lane int

const (
	idle lane = iota
	routine
	urgent
)

const (
	// patience is how long an inspect may occupy a slot. What takes longer
	// hangs: it goes on, but others no longer wait for it.
	patience = 250 * time.Millisecond
	// maxCalls is how many inspects, hung ones included, may be under way.
	maxCalls = 64
	// firstRetry and maxRetry bound the pause after an inspect that failed.
	firstRetry = 500 * time.Millisecond
	maxRetry   = 10 * time.Second
)

// queue decides which container is inspected next: each at most once at a
// time, urgent ones first, within the limits.
type queue struct {
	slots   int
	lanes   [urgent + 1][]*record
	flights map[*record]time.Time // since when
}

// push asks for an inspect of r. Asking twice is asking once.
func (q *queue) push(r *record, l lane) {
	if r.inFlight {
		// A list that was begun before the inspect says nothing newer.
		r.again = r.again || l == urgent
		return
	}
	if r.queued < l {
		q.drop(r)
		r.queued = l
		q.lanes[l] = append(q.lanes[l], r)
	}
}

// pop returns the next container to inspect and counts it as under way, or
// returns nil if there is none or no slot is free.
func (q *queue) pop(now time.Time) *record {
	if q.busy(now) >= q.slots || len(q.flights) >= maxCalls {
		return nil
	}
	for l := urgent; l > idle; l-- {
		if len(q.lanes[l]) > 0 {
			r := q.lanes[l][0]
			q.lanes[l][0] = nil
			q.lanes[l] = q.lanes[l][1:]
			r.queued, r.inFlight = idle, true
			q.flights[r] = now
			return r
		}
	}
	return nil
}

// done says that the inspect of r ended.
func (q *queue) done(r *record) {
	delete(q.flights, r)
	r.inFlight = false
	if r.again {
		r.again = false
		q.push(r, urgent)
	}
}

// drop takes r out, if it waits.
func (q *queue) drop(r *record) {
	if l := r.queued; l != idle {
		q.lanes[l] = slices.DeleteFunc(q.lanes[l], func(o *record) bool { return o == r })
		r.queued = idle
	}
}

// busy counts the inspects under way that do not hang.
func (q *queue) busy(now time.Time) int {
	n := 0
	for _, since := range q.flights {
		if now.Sub(since) < patience {
			n++
		}
	}
	return n
}

// settled reports whether nothing is left to do but to wait for hung calls.
func (q *queue) settled(now time.Time) bool {
	return q.busy(now) == 0 && (len(q.lanes[urgent])+len(q.lanes[routine]) == 0 || len(q.flights) >= maxCalls)
}

// next returns when the oldest inspect under way begins to hang, or zero.
func (q *queue) next(now time.Time) time.Time {
	var next time.Time
	for _, since := range q.flights {
		if at := since.Add(patience); at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
