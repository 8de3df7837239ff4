package faults

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bg/e2e/load"
)

// patience is how long a user waits for an answer, and maxLoad the longest that
// users stay.
const (
	patience = 5 * time.Second
	maxLoad  = 4 * time.Minute
)

// traffic is the users of one app. Its methods may be called at once.
type traffic struct {
	run     *load.Run
	version string // of each answer, if it is given

	mu      sync.Mutex
	answers []load.Answer
	grown   chan struct{} // closed when answers has grown
}

// users begins to send GETs to the app at host. If version is given, every answer
// has to carry it: the apps of a trial are told apart by it.
func (t *trial) users(ctx context.Context, web, host, version string) (*traffic, error) {
	u := &traffic{version: version, grown: make(chan struct{})}
	var err error
	u.run, err = load.Start(ctx, load.Options{
		Target: web, Host: host, Rate: t.rate, Duration: maxLoad, Timeout: patience,
		// As many as may hang until they give up.
		Connections: min(1000, 2*t.rate), OnAnswer: u.note,
	})
	return u, err
}

func (u *traffic) note(a load.Answer) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers = append(u.answers, a)
	close(u.grown)
	u.grown = make(chan struct{})
}

// first waits for a request, sent at from or later, whose answer passes, and
// returns when it was answered.
func (u *traffic) first(ctx context.Context, from time.Time, pass func(load.Answer) bool) (time.Time, error) {
	seen := 0
	for {
		u.mu.Lock()
		fresh, grown := u.answers[seen:], u.grown
		u.mu.Unlock()
		for _, a := range fresh {
			if !a.Sent.Before(from) && pass(a) {
				return a.Done, nil
			}
		}
		seen += len(fresh)
		select {
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("wait for an answer: %w", ctx.Err())
		case <-grown:
		}
	}
}

// count returns how many answers so far pass.
func (u *traffic) count(pass func(load.Answer) bool) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for _, a := range u.answers {
		if pass(a) {
			n++
		}
	}
	return n
}

// of passes good answers of a color.
func of(color string) func(load.Answer) bool {
	return func(a load.Answer) bool { return !a.Failed() && a.Color == color }
}

// flow waits until so much of the load, sent from now on, was answered.
func (u *traffic) flow(ctx context.Context, d time.Duration) error {
	from := time.Now()
	_, err := u.first(ctx, from, func(a load.Answer) bool { return a.Sent.Sub(from) >= d })
	return err
}

// leave ends the load and books what came of it.
func (t *trial) leave(u *traffic) {
	u.run.Stop()
	u.mu.Lock()
	defer u.mu.Unlock()
	strangers := 0
	for _, a := range u.answers {
		t.out.Requests++
		if a.Failed() {
			if t.out.Lost++; t.out.Lost <= maxTold {
				t.note("lost: sent %s, ended after %s: status %d, color %q, error %v",
					a.Sent.Format("15:04:05.000"), a.Done.Sub(a.Sent).Round(time.Millisecond), a.Status, a.Color, a.Err)
			}
		}
		if u.version != "" && a.Status == 200 && a.Version != u.version {
			if strangers++; strangers <= maxTold {
				t.note("answered by %s %s: sent %s, ended after %s",
					a.Color, a.Version, a.Sent.Format("15:04:05.000"), a.Done.Sub(a.Sent).Round(time.Millisecond))
			}
		}
	}
	if strangers > 0 {
		t.wrong("%d requests to %s were answered by another app", strangers, u.version)
	}
}

// maxTold is how many such requests of each kind a trial tells of; all are counted.
const maxTold = 5
