package traefik

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// NotLive means that Traefik is up and answers, but had not taken the
// generation over when the time was up.
type NotLive struct {
	Generation uint64
	Reason     string // what it answers instead, and what to do
}

func (e *NotLive) Error() string {
	return fmt.Sprintf("generation %d is not live: %s", e.Generation, e.Reason)
}

const (
	// Traefik needs 3 to 10 ms for a reload with few routes and 100 ms for
	// 1,000, so polling is fast for a start, and slower with every further
	// try. Each poll takes CPU from the reload that it waits for: every 1 ms
	// made it 8.6 ms instead of 5.5 ms on two cores.
	fastPolls = 20
	fastPoll  = 4 * time.Millisecond
	slowPoll  = 50 * time.Millisecond
	// settle is how long the API must have shown the generation before
	// entrypoints that can't tell are passed over. Traefik switches its API
	// and all entrypoints in one loop, microseconds apart.
	settle = 300 * time.Millisecond
)

// Confirm blocks until the generation is live: the API lists its marker, and
// every entrypoint answers its marker, by plain HTTP or TLS.
//
// An entrypoint that can't be asked, as it redirects every request, asks for
// a password first or can't be reached from here, is passed over: at once if
// it redirects and another one has answered, else once the API has shown the
// generation for 300 ms. One that answers 404 never is, and at least one has
// to answer something: the API alone is no proof.
//
// When ctx's deadline passes the error is a *NotLive or an *Unreachable;
// when ctx is canceled it is ctx's.
func (c *Client) Confirm(ctx context.Context, generation uint64) error {
	w := waiter{client: c, generation: generation}
	timer := time.NewTimer(fastPoll)
	defer timer.Stop()
	for tries := 0; ; tries++ {
		select {
		case <-ctx.Done():
			return w.failure(ctx)
		case <-timer.C:
		}
		done := w.try(ctx)
		if done {
			return nil
		}
		if ctx.Err() != nil {
			return w.failure(ctx)
		}
		timer.Reset(pause(tries))
	}
}

// pause returns how long to wait after so many tries.
func pause(tries int) time.Duration {
	if tries < fastPolls {
		return fastPoll
	}
	return min(slowPoll, fastPoll*time.Duration(tries-fastPolls+2))
}

// waiter is one Confirm under way.
type waiter struct {
	client     *Client
	generation uint64

	shown    time.Time // when the API first listed the generation; zero: not yet
	points   []entrypoint
	answered []bool // by index of points: it said live

	err    error  // of the last request to the API, unless it was cut off
	reason string // why the last try was not enough
	mute   bool   // it was because no entrypoint answered anything: that says nothing
}

// try asks everything that has not agreed yet, and reports whether all has.
func (w *waiter) try(ctx context.Context) bool {
	if w.shown.IsZero() {
		found, err := w.client.ask(ctx, "api/http/middlewares/"+markerName(w.generation)+"@file", "", nil)
		if !w.note(ctx, err) {
			return false
		}
		if !found {
			w.reason = fmt.Sprintf("Traefik's API at %s does not list it: Traefik refuses the folder's files, or does not watch it; see Traefik's log", w.client.api)
			return false
		}
		w.shown = time.Now()
	}
	if w.points == nil {
		points, err := w.client.entrypoints(ctx)
		if !w.note(ctx, err) {
			return false
		}
		w.points, w.answered = points, make([]bool, len(points))
	}
	return w.askEntrypoints(ctx)
}

// note keeps the API's error, unless it comes from the end of the wait
// itself, and reports whether there was none.
func (w *waiter) note(ctx context.Context, err error) bool {
	if ctx.Err() == nil || err == nil {
		w.err = err
	}
	return err == nil
}

func (w *waiter) askEntrypoints(ctx context.Context) bool {
	anyLive, heard := false, false
	var missing, unclear []string
	var redirects int
	for i, e := range w.points {
		if w.answered[i] {
			anyLive, heard = true, true
			continue
		}
		v, detail := w.client.probe(ctx, e, w.generation)
		if ctx.Err() != nil && v != live {
			return false // cut off; the reason of the try before stands
		}
		text := fmt.Sprintf("%s (%s) answers %s", e.name, e.address, detail)
		switch v {
		case live:
			w.answered[i], anyLive, heard = true, true, true
		case absent:
			missing = append(missing, text)
		case silent, unsure:
			heard = heard || v == unsure
			unclear = append(unclear, text)
			if strings.HasPrefix(detail, "3") {
				redirects++
			}
		}
	}
	settled := time.Since(w.shown) >= settle
	w.mute = !heard
	switch {
	case len(missing) > 0:
		w.reason = fmt.Sprintf("the API lists it, but the entrypoint %s to its marker: another router is in its way, or an entrypoint for TLS alone is named without https://; see Traefik's log", strings.Join(missing, "; "))
	case len(unclear) == 0, settled && heard, anyLive && redirects == len(unclear):
		return true
	default:
		w.reason = fmt.Sprintf("the entrypoint %s to its marker: set the entrypoints' addresses by hand", strings.Join(unclear, "; "))
	}
	if settled {
		w.refresh(ctx)
	}
	return false
}

// refresh reads the list of entrypoints anew: Traefik may have come back
// with others.
func (w *waiter) refresh(ctx context.Context) {
	w.client.forget()
	if points, err := w.client.entrypoints(ctx); w.note(ctx, err) && len(points) != len(w.points) {
		w.points, w.answered = points, make([]bool, len(points))
	}
}

// failure returns what to say once ctx has ended.
func (w *waiter) failure(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	switch {
	case w.err != nil:
		return w.err
	case w.mute && !w.shown.IsZero() && w.reason != "":
		return &Unreachable{w.client.api.String(), errors.New(w.reason)}
	case w.reason != "":
		return &NotLive{w.generation, w.reason}
	}
	return &Unreachable{w.client.api.String(), errors.New("no answer in time")}
}
