package probe

import (
	"context"
	"maps"
	"sync"
	"time"

	"bg/controller/rollout"
)

// Limits of a Checker.
const (
	maxChecks  = 1024                  // under way at once, and
	maxRate    = 2000                  // begun in a second: where labels ask for more, all come late
	maxOverlap = 3                     // of one container, under way at once
	burst      = 10 * time.Millisecond // of maxRate, that may begin at once
	spacing    = 5 * time.Millisecond  // between the first checks of those that come together
	gather     = 25 * time.Millisecond // for what is told, as each telling is a decision
	quiet      = time.Hour             // a look at nothing, for want of anything to do
)

// Checker asks containers again and again, as bg.health.* demand, and tells
// what it finds.
//
// The checks of a container begin at a fixed rate, whether the one before has
// ended or not. So one that hangs is found out within F·I + T of its last
// answer, with interval I, timeout T and F failures. It is later with more than
// 3 failures and a timeout of more than two intervals, as no more than 3 checks
// of a container are under way at once, and with as many containers that hang
// that half of all places are taken, as it is 1 then.
//
// Silence counts where another container of the network is heard meanwhile: see
// tally. Where all others are asked seldom, that is what it waits for.
//
// What all labels together may ask for is bounded: 2,000 checks a second take
// about half a core. Beyond that all come late.
//
// Containers that come together are asked one after the other, 5 ms apart, or
// closer, so that all are asked within one of their intervals; and so they go
// on.
type Checker struct {
	ask func(ctx context.Context, c rollout.Checkup) (heard bool, err error)
}

// NewChecker returns a Checker. It starts nothing.
func NewChecker() *Checker { return &Checker{ask: ask} }

// Run asks until ctx is done, and returns after all its checks have ended.
// Each value from sets replaces the containers that are asked. What stays as
// it was goes on; what comes, comes again or changes, its address or its start
// above all, is asked anew as if never seen.
//
// It calls deliver, from one goroutine, with what is known by container ID,
// whenever that has changed, and at most every 25 ms. It has no entry for one
// that was not asked yet. The map belongs to who gets it. deliver should
// return at once: meanwhile nobody is asked.
func (c *Checker) Run(ctx context.Context, sets <-chan []rollout.Checkup, deliver func(map[string]rollout.Check)) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	r := newRound(ctx, &wg, c.ask)
	alarm := time.NewTimer(quiet)
	defer alarm.Stop()
	for {
		now := time.Now()
		r.start(now)
		if !r.changed.IsZero() && now.Sub(r.changed) >= gather {
			r.changed = time.Time{}
			deliver(maps.Clone(r.known))
		}
		alarm.Reset(r.wake(now))
		select {
		case <-ctx.Done():
			return
		case set := <-sets:
			r.replace(set, time.Now())
		case o := <-r.ended:
			r.end(o, time.Now())
		case <-alarm.C:
		}
	}
}

// round is the state of Run. Only its goroutine touches it.
type round struct {
	ctx context.Context
	wg  *sync.WaitGroup
	ask func(ctx context.Context, c rollout.Checkup) (heard bool, err error)

	subjects map[string]*subject // by container
	queue    queue
	running  int       // checks under way, of whoever has left too
	free     time.Time // when the next one may begin, by maxRate
	ended    chan outcome

	heard   map[string]time.Time     // by network: when the newest check began that was answered
	count   map[string]int           // subjects, by network
	known   map[string]rollout.Check // what there is to tell
	changed time.Time                // since when that waits to be told; zero: it does not
}

func newRound(ctx context.Context, wg *sync.WaitGroup, ask func(context.Context, rollout.Checkup) (bool, error)) *round {
	return &round{
		ctx: ctx, wg: wg, ask: ask, ended: make(chan outcome),
		subjects: map[string]*subject{}, heard: map[string]time.Time{}, known: map[string]rollout.Check{},
	}
}

// start begins what is due, as far as there is room.
func (r *round) start(now time.Time) {
	for len(r.queue) > 0 && r.running < maxChecks && !r.free.After(now) {
		s := r.queue[0]
		if s.due.After(now) {
			return
		}
		if s.pending == 0 || s.pending < maxOverlap && r.running < maxChecks/2 {
			r.begin(s, now)
		}
		s.due = s.next(now)
		r.queue.moved(s)
	}
}

func (r *round) begin(s *subject, now time.Time) {
	s.serial++
	s.pending++
	r.running++
	if idle := now.Add(-burst); r.free.Before(idle) {
		r.free = idle
	}
	r.free = r.free.Add(time.Second / maxRate)
	o := outcome{subject: s, serial: s.serial, began: now, before: r.heard[s.Network]}
	r.wg.Go(func() {
		o.heard, o.fault = r.ask(s.ctx, s.Checkup)
		select {
		case r.ended <- o:
		case <-r.ctx.Done():
		}
	})
}

// end takes in how a check ended.
func (r *round) end(o outcome, now time.Time) {
	s := o.subject
	s.pending--
	r.running--
	if s.ctx.Err() != nil {
		return // it was given up, and says nothing
	}
	if o.heard && o.began.After(r.heard[s.Network]) {
		r.heard[s.Network] = o.began
	}
	s.tally.note(o, r.count[s.Network] == 1)
	if is := s.tally.check(s.Checkup); is != r.known[s.ID] {
		r.known[s.ID] = is
		r.change(now)
	}
}

func (r *round) change(now time.Time) {
	if r.changed.IsZero() {
		r.changed = now
	}
}

// replace watches the set instead of what it did.
func (r *round) replace(set []rollout.Checkup, now time.Time) {
	stays := make(map[string]bool, len(set))
	var fresh []rollout.Checkup
	r.count = map[string]int{}
	for _, c := range set {
		r.count[c.Network]++
		if s := r.subjects[c.ID]; s != nil && s.Checkup == c {
			stays[c.ID] = true
		} else {
			fresh = append(fresh, c)
		}
	}
	for id, s := range r.subjects {
		if !stays[id] {
			r.forget(s, now)
		}
	}
	maps.DeleteFunc(r.heard, func(network string, _ time.Time) bool { return r.count[network] == 0 })
	for i, c := range fresh {
		wait := time.Duration(i) * min(spacing, c.Health.Interval/time.Duration(len(fresh)))
		r.admit(c, now.Add(wait))
	}
}

func (r *round) admit(c rollout.Checkup, due time.Time) {
	s := &subject{Checkup: c, due: due, tally: tally{limit: c.Health.Failures}}
	s.ctx, s.leave = context.WithCancel(r.ctx)
	r.subjects[c.ID] = s
	r.queue.add(s)
}

func (r *round) forget(s *subject, now time.Time) {
	s.leave()
	r.queue.drop(s)
	delete(r.subjects, s.ID)
	if _, told := r.known[s.ID]; told {
		delete(r.known, s.ID)
		r.change(now)
	}
}

// wake returns how long there is nothing to do if no check ends.
func (r *round) wake(now time.Time) time.Duration {
	wait := quiet
	if len(r.queue) > 0 && r.running < maxChecks {
		wait = max(r.queue[0].due.Sub(now), r.free.Sub(now))
	}
	if !r.changed.IsZero() {
		wait = min(wait, r.changed.Add(gather).Sub(now))
	}
	return max(0, wait)
}
