package controller

import (
	"context"
	"errors"
	"time"

	"bg/controller/traefik"
)

// How often Traefik's counts are looked at.
const (
	hurried = time.Second      // while a release has users or is about to
	idle    = 10 * time.Second // else
	// thrift is how many times as long as an idle look takes comes the pause
	// after it, up to longest: with 1,000 apps Traefik makes it 20 MB of text,
	// which takes it a quarter of a second of CPU.
	thrift  = 500
	longest = 5 * time.Minute
)

// reading is one look at Traefik's counts.
type reading struct {
	metrics traefik.Metrics
	err     error
}

// meter reads Traefik's counts, as often as hurry says, until ctx is done.
func (c *Controller) meter(ctx context.Context, hurry <-chan bool, put func(reading)) {
	fast := false
	timer := time.NewTimer(0)
	defer timer.Stop()
	var begun time.Time
	var took time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case fast = <-hurry:
		case <-timer.C:
			begun = time.Now()
			m, err := c.Metrics(ctx)
			if ctx.Err() != nil {
				return
			}
			took = time.Since(begun)
			put(reading{m, err})
		}
		pause := min(max(idle, thrift*took), longest)
		if fast {
			pause = hurried
		}
		timer.Reset(max(0, time.Until(begun.Add(pause))))
	}
}

// read takes one look at the counts in.
func (l *loop) read(r reading) {
	if r.err != nil {
		var none *traefik.NoMetrics
		if !errors.As(r.err, &none) { // the check of the set-up tells of these
			l.Log.Debug("no metrics", "error", r.err)
		}
		return
	}
	changed := l.hear(r)
	l.keepCourt(false)
	if changed {
		l.step()
		return
	}
	l.show()
}
