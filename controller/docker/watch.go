package docker

import (
	"context"
	"errors"
	"time"

	"github.com/containerd/errdefs"
)

// retryList is the pause after a list that failed.
const retryList = time.Second

// watch is the state of Run. Only its goroutine touches it; calls to Docker
// run in others and come back as messages, so it never waits for one.
type watch struct {
	o      *Observer
	stream *stream
	spawn  func(func() error) // starts a goroutine that Run joins
	looks  chan Look          // holds the newest look that was not taken yet

	conn      *conn
	streamErr error
	listErr   error
	told      Look // the newest look

	table   table
	queue   queue
	suspect map[string]*record // whose last inspect failed
	changed bool               // since the last world was made
	shown   bool               // a world was made

	listing  bool
	listed   chan listing
	listDue  bool
	listNext time.Time
	everOK   bool // a list went well

	inspected chan inspection
}

// listing and inspection are the outcomes of calls.
type listing struct {
	entries []entry
	err     error
}

type inspection struct {
	record *record
	fact   *fact
	err    error
}

func newWatch(o *Observer, s *stream, spawn func(func() error)) *watch {
	return &watch{
		o: o, stream: s, spawn: spawn,
		looks:     make(chan Look, 1),
		table:     table{byID: map[string]*record{}},
		queue:     queue{slots: o.opts.Parallel, flights: map[*record]time.Time{}},
		suspect:   map[string]*record{},
		listed:    make(chan listing, 1),
		inspected: make(chan inspection, maxCalls),
	}
}

// run is the loop. It returns once ctx is done.
func (w *watch) run(ctx context.Context) error {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for {
		if ctx.Err() != nil {
			return nil // what comes in now fails for that reason only
		}
		now := time.Now()
		w.start(ctx, now)
		w.publish(now)
		alarm.Reset(w.wake(now))
		select {
		case <-ctx.Done():
		case l := <-w.stream.links:
			w.connected(l)
		case h := <-w.stream.hints:
			w.hinted(h)
		case <-w.stream.lost:
			w.o.opts.Log.Warn("docker events dropped, listing anew")
			w.listDue = true
		case l := <-w.listed:
			w.reconcile(l)
		case i := <-w.inspected:
			w.learn(i)
		case <-alarm.C:
		}
	}
}

// connected takes over a new client and lists with it. Without one the old
// one may still do.
func (w *watch) connected(l link) {
	w.streamErr = l.err
	if l.conn == nil {
		return
	}
	if w.conn != nil {
		w.conn.close()
	}
	w.conn, w.listDue = l.conn, true
}

// start begins what is due and possible.
func (w *watch) start(ctx context.Context, now time.Time) {
	if w.conn == nil {
		return
	}
	c, o := w.conn, w.o
	if !w.listing && (w.listDue || !now.Before(w.listNext)) {
		w.listing, w.listDue = true, false
		w.spawn(func() error {
			entries, err := c.list(ctx, o.opts.Max, o.opts.Network)
			w.listed <- listing{entries, err}
			return nil
		})
	}
	for id, r := range w.suspect {
		if !r.retry.After(now) {
			delete(w.suspect, id)
			w.queue.push(r, routine)
		}
	}
	for r := w.queue.pop(now); r != nil; r = w.queue.pop(now) {
		id, last := r.id, (*asked)(nil)
		if r.fact != nil {
			last = r.fact.asked
		}
		w.spawn(func() error {
			f, err := c.inspect(ctx, id, o.opts.Network, last)
			w.inspected <- inspection{r, f, err}
			return nil
		})
	}
}

// hinted follows an event.
func (w *watch) hinted(h hint) {
	r := w.table.byID[h.id]
	if r == nil {
		if h.labels == nil {
			return // somebody else's
		}
		if len(w.table.byID) >= w.o.opts.Max {
			w.listDue = true // which tells how many there are
			return
		}
		r = w.table.add(h.id)
		r.told = entry{
			id: h.id, labels: h.labels,
			face: face{name: cleanName(h.labels["name"]), labels: digest(h.labels)},
		}
	}
	r.heed(h)
	w.changed = r.refresh() || w.changed
	w.queue.push(r, urgent)
}

// reconcile compares a list with what is known. It says only where to look:
// also who is missing is gone when an inspect says so.
func (w *watch) reconcile(l listing) {
	w.listing, w.listErr = false, l.err
	if l.err != nil {
		w.listNext = time.Now().Add(retryList)
		return
	}
	w.listNext = time.Now().Add(w.o.opts.Relist)
	w.everOK = true
	seen := make(map[string]bool, len(l.entries))
	for _, e := range l.entries {
		seen[e.id] = true
		r := w.table.byID[e.id]
		if r == nil {
			r = w.table.add(e.id)
		}
		if r.fact == nil {
			r.told = e
		}
		if r.due(e.face) {
			w.queue.push(r, routine)
		}
	}
	for id, r := range w.table.byID {
		if !seen[id] {
			w.queue.push(r, routine)
		}
	}
}

// learn takes over the outcome of an inspect.
func (w *watch) learn(i inspection) {
	r := i.record
	w.queue.done(r)
	switch {
	case i.err == nil:
		delete(w.suspect, r.id)
		r.learn(i.fact)
		w.changed = r.refresh() || w.changed
	case errdefs.IsNotFound(i.err) || errors.Is(i.err, errNotColored):
		w.queue.drop(r)
		delete(w.suspect, r.id)
		w.table.remove(r)
		w.changed = w.changed || r.out != nil
	default:
		if r.failures == 0 {
			w.o.opts.Log.Warn("container held as it was", "container", r.id[:12], "error", i.err)
		}
		r.retry = time.Now().Add(min(firstRetry<<min(r.failures, 10), maxRetry))
		r.failures++
		w.suspect[r.id] = r
		w.changed = r.admit() || w.changed
	}
}
