package controller

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"bg/controller/api"
	"bg/controller/rollout"
	"bg/controller/traefik"
)

// snapshot is the loop's picture at one moment. Immutable.
type snapshot struct {
	revision  uint64
	state     rollout.State
	world     *rollout.World
	problems  []api.Problem
	confirmed uint64
	judgments map[string]rollout.Judgment
	policy    *rollout.Policy
}

// board is where the loop puts up its newest snapshot, and where everybody
// else waits for the next.
type board struct {
	mu      sync.Mutex
	now     *snapshot
	changed chan struct{}            // closed when now is replaced
	falls   map[string]rollout.Event // last demotion or abort of each app
}

func newBoard() *board {
	return &board{now: &snapshot{revision: 1}, changed: make(chan struct{}), falls: map[string]rollout.Event{}}
}

// put replaces the snapshot if it shows anything new.
func (b *board) put(s snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sameState(b.now.state, s.state) && b.now.world == s.world && b.now.policy == s.policy &&
		b.now.confirmed == s.confirmed && slices.Equal(b.now.problems, s.problems) && maps.EqualFunc(b.now.judgments, s.judgments, sameNumbers) {
		return
	}
	s.revision = b.now.revision + 1
	b.now = &s
	close(b.changed)
	b.changed = make(chan struct{})
}

// note remembers what takes an app's traffic away from where a command put it.
func (b *board) note(e rollout.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e.Change {
	case rollout.Fell, rollout.Aborted:
		b.falls[e.App] = e
	case rollout.Forgotten:
		delete(b.falls, e.App)
	}
}

// look returns the snapshot and a channel that closes with the next one.
func (b *board) look() (*snapshot, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.changed
}

// fell returns the app's last fall after generation, if there was one.
func (b *board) fell(app string, generation uint64) (rollout.Event, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.falls[app]
	return e, ok && e.Generation > generation
}

// until waits for a snapshot that satisfies done, and returns the newest one
// and whether it does; false means that ctx ended first.
func (b *board) until(ctx context.Context, done func(*snapshot) bool) (*snapshot, bool) {
	for {
		s, changed := b.look()
		if done(s) {
			return s, true
		}
		select {
		case <-ctx.Done():
			return s, false
		case <-changed:
		}
	}
}

// sameState compares by identity: Decide keeps the map if no app changed.
func sameState(a, b rollout.State) bool {
	if a.Generation != b.Generation || a.Confirmed != b.Confirmed || len(a.Apps) != len(b.Apps) {
		return false
	}
	for name, app := range a.Apps {
		if b.Apps[name] != app {
			return false
		}
	}
	return true
}

// sameNumbers tells by the requests: no number changes without one.
func sameNumbers(a, b rollout.Judgment) bool {
	return a.Key == b.Key && a.Outcome == b.Outcome && a.Candidate == b.Candidate && a.Stable == b.Stable
}

// problems is what is wrong with the set-up, by subject.
type problems map[string][]api.Problem

// set replaces what is wrong with one subject; with nothing, it is mended.
func (p problems) set(subject string, found ...traefik.Problem) {
	delete(p, subject)
	for _, f := range found {
		p[subject] = append(p[subject], api.Problem{Severity: f.Severity, Subject: subject, Text: f.Text})
	}
}

// list returns all, errors first.
func (p problems) list() []api.Problem {
	var out []api.Problem
	for _, found := range p {
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b api.Problem) int {
		return strings.Compare(a.Severity+a.Subject+a.Text, b.Severity+b.Subject+b.Text)
	})
	return out
}
