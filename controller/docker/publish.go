package docker

import (
	"cmp"
	"time"
)

// publish makes the newest look, if it differs from the one before. The
// first world waits until each container was looked at or its inspect
// hangs: half a world would make a color look complete that is not.
func (w *watch) publish(now time.Time) {
	for r, since := range w.queue.flights {
		if r.out == nil && now.Sub(since) >= patience {
			w.changed = r.admit() || w.changed
		}
	}
	look := Look{World: w.told.World, Err: cmp.Or(w.listErr, w.streamErr)}
	if !w.shown && w.everOK && w.queue.settled(now) {
		for _, r := range w.table.order {
			r.admit()
		}
		w.shown, w.changed = true, true
	}
	if w.shown && w.changed {
		look.World, w.changed = w.table.world(), false
	}
	if look.equal(w.told) {
		return
	}
	w.told = look
	select {
	case <-w.looks: // not taken yet, and old now
	default:
	}
	w.looks <- look
}

// wake returns how long the loop may wait if nothing comes in.
func (w *watch) wake(now time.Time) time.Duration {
	at := now.Add(w.o.opts.Relist)
	sooner := func(t time.Time) {
		if !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	sooner(w.queue.next(now))
	if w.conn != nil {
		if !w.listing {
			sooner(w.listNext)
		}
		for _, r := range w.suspect {
			sooner(r.retry)
		}
	}
	return max(at.Sub(now), 0)
}
