package flip

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"bg/e2e/load"
)

// Watch notes which color answered when. Its methods may be called at once.
type Watch struct {
	mu      sync.Mutex
	first   map[string]time.Time // by color, of the first answer
	streak  string               // the color of the newest answers
	since   time.Time            // of the first of them
	changed chan struct{}        // closed when first grows
}

// NewWatch returns a Watch that has seen nothing.
func NewWatch() *Watch {
	return &Watch{first: map[string]time.Time{}, changed: make(chan struct{})}
}

// Note takes an answer in; it is for load.Options.OnAnswer. Failures are none.
func (w *Watch) Note(a load.Answer) {
	if a.Failed() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.Color != w.streak {
		w.streak, w.since = a.Color, a.Done
	}
	if !w.first[a.Color].IsZero() {
		return
	}
	w.first[a.Color] = a.Done
	close(w.changed)
	w.changed = make(chan struct{})
}

// Reset forgets all that was seen.
func (w *Watch) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.first)
	w.streak, w.since = "", time.Time{}
}

// Await returns when the color's first answer since Reset had come in whole.
// It waits until there is one. The color "" stands for any.
func (w *Watch) Await(ctx context.Context, color string) (time.Time, error) {
	for {
		w.mu.Lock()
		at, changed, seen := w.first[color], w.changed, slices.Sorted(maps.Keys(w.first))
		w.mu.Unlock()
		if !at.IsZero() || color == "" && len(seen) > 0 {
			return at, nil
		}
		select {
		case <-ctx.Done():
			return at, fmt.Errorf("wait for an answer by %q, so far by %q: %w", color, seen, context.Cause(ctx))
		case <-changed:
		}
	}
}

// Streak returns the color of the newest answers, and when the first came
// that no other color's has followed. Over one connection, where answers have
// an order, that is when all users got the color.
func (w *Watch) Streak() (color string, since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.streak, w.since
}
