// Package flip finds out when users first get an answer of another color.
package flip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"bg/e2e/load"
)

// Options says what to ask.
type Options struct {
	Target string // http://127.0.0.1:PORT
	Host   string
	// Rate is in requests a second; default 3000. Answers take longer than
	// their turn while the proxy reloads: then it asks as soon as it can.
	Rate int
	// Limit is how long it may ask, at most; default 20s.
	Limit time.Duration
}

// Prober asks every third of a millisecond over one connection that it keeps,
// so it must run only around a switch: on a small machine it would otherwise
// be part of what it measures. Its requests are users' requests like all
// others: what it loses is lost.
type Prober struct {
	*Watch
	run  *load.Run
	over context.CancelCauseFunc
	ends context.Context // when the run does
}

// Start begins to ask and returns once there was an answer, with which the
// connection is made.
func Start(ctx context.Context, o Options) (*Prober, error) {
	p := &Prober{Watch: NewWatch()}
	var err error
	p.run, err = load.Start(ctx, load.Options{
		Target: o.Target, Host: o.Host, Rate: cmp.Or(o.Rate, 3000), Duration: cmp.Or(o.Limit, 20*time.Second),
		Connections: 1, Timeout: 5 * time.Second, OnAnswer: p.Note,
	})
	if err != nil {
		return nil, fmt.Errorf("start the prober: %w", err)
	}
	p.ends, p.over = context.WithCancelCause(context.WithoutCancel(ctx))
	go func() {
		<-p.run.Done()
		p.over(errors.New("the prober's time is over"))
	}()
	if _, err := p.Await(ctx, ""); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// Await is Watch's, and also ends with the prober's time.
func (p *Prober) Await(ctx context.Context, color string) (time.Time, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ends, func() { cancel(context.Cause(p.ends)) })()
	return p.Watch.Await(ctx, color)
}

// Stop ends the asking and returns what came of it.
func (p *Prober) Stop() load.Result { return p.run.Stop() }
