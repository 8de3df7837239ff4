// Package load sends requests at a constant rate and counts what came back.
//
// The rate is open-loop: when the server is slow, requests are due all the same,
// wait for a free connection, and their latency counts from the moment that they
// were due. Nothing is ever sent twice, so each lost request is seen. Requests go
// only to a port of 127.0.0.1 and are bounded in number and time.
package load

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The bounds of one run.
const (
	maxRate        = 5_000
	maxConnections = 1_000
	maxDuration    = time.Hour
	maxTimeout     = time.Minute
)

// Options says what to send. Target, Rate and Duration are required.
type Options struct {
	Target      string        // http://127.0.0.1:PORT
	Host        string        // Host header; default: that of Target
	Path        string        // default /
	Method      string        // default GET
	Rate        int           // requests a second, up to 5,000
	Duration    time.Duration // how long requests fall due, up to an hour
	Connections int           // kept alive, at most this many at once; default 50
	Timeout     time.Duration // for one request with its dialing; default 10s

	// Each, if given, says what the i-th request asks for, from 0, in place of
	// Path and Method. It is called in order, and delays the load while it runs.
	Each func(i int64) Request

	// OnAnswer, if given, gets each answer and each failure as it happens, from
	// several goroutines at once. It delays its connection while it runs.
	OnAnswer func(Answer)
}

// Answer is the outcome of one request.
type Answer struct {
	Request         Request
	Due, Sent, Done time.Time
	Color, Version  string // of the app that answered, from X-Color and X-Version
	Status          int    // 0: there was no answer, Err says why
	Err             error
}

// Failed says whether the request was lost: no answer, or one that is not 2xx.
func (a Answer) Failed() bool { return a.Err != nil || a.Status < 200 || a.Status > 299 }

func (o Options) withDefaults() (Options, error) {
	u, err := url.Parse(o.Target)
	if err != nil {
		return o, fmt.Errorf("target: %w", err)
	}
	address, err := netip.ParseAddrPort(u.Host)
	if err != nil || u.Scheme != "http" || !address.Addr().IsLoopback() || strings.TrimPrefix(u.Path, "/") != "" {
		return o, fmt.Errorf("target %q: it has to be of the form http://127.0.0.1:PORT", o.Target)
	}
	o.Target = address.String()
	o.Host = or(o.Host, u.Host)
	o.Path = or(o.Path, "/")
	o.Method = or(o.Method, "GET")
	o.Connections = or(o.Connections, 50)
	o.Timeout = or(o.Timeout, 10*time.Second)
	switch {
	case o.Rate < 1 || o.Rate > maxRate:
		return o, fmt.Errorf("rate %d: it has to be from 1 to %d", o.Rate, maxRate)
	case o.Connections < 1 || o.Connections > maxConnections:
		return o, fmt.Errorf("connections %d: they have to be from 1 to %d", o.Connections, maxConnections)
	case o.Duration <= 0 || o.Duration > maxDuration:
		return o, fmt.Errorf("duration %s: it has to be above 0 and up to %s", o.Duration, maxDuration)
	case o.Timeout < 0 || o.Timeout > maxTimeout:
		return o, fmt.Errorf("timeout %s: it has to be up to %s", o.Timeout, maxTimeout)
	}
	return o, nil
}

func or[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}

// Run is a load under way.
type Run struct {
	tally  tally
	cancel context.CancelFunc
	done   chan struct{}
}

// Start begins to send and returns at once. The run ends after its Duration, when
// ctx ends or at Stop; requests that are under way by then are still waited for
// and counted. Requests that were due but found no free connection are sent up to
// Timeout after the Duration and then left out, so a run ends for sure within its
// Duration and two Timeouts.
func Start(ctx context.Context, o Options) (*Run, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Each == nil {
		same := Request{Method: o.Method, Path: o.Path}
		if _, err := same.bytes(o.Target, o.Host); err != nil {
			return nil, err
		}
		o.Each = func(int64) Request { return same }
	}
	ctx, cancel := context.WithTimeout(ctx, o.Duration+o.Timeout)
	r := &Run{cancel: cancel, done: make(chan struct{})}
	r.tally.start = time.Now()
	go r.send(ctx, o)
	return r, nil
}

// Done is closed when the run has ended and everything is counted.
func (r *Run) Done() <-chan struct{} { return r.done }

// Stop ends the run, waits for the requests under way and returns the final
// result. It may be called again, and after the run ended by itself.
func (r *Run) Stop() Result {
	r.cancel()
	<-r.done
	return r.Snapshot()
}

// Snapshot returns what was counted so far.
func (r *Run) Snapshot() Result { return r.tally.result() }

// send paces the run. Each due time goes to whichever connection is free; when
// none is, the following ones are handed out late, but as due when they were.
func (r *Run) send(ctx context.Context, o Options) {
	defer close(r.done)
	defer r.tally.end()
	defer r.cancel()
	type turn struct {
		at      time.Time
		request Request
	}
	due := make(chan turn)
	var connections sync.WaitGroup
	for range o.Connections {
		connections.Go(func() {
			c := &conn{address: o.Target, host: o.Host, timeout: o.Timeout}
			defer c.close()
			for t := range due {
				answer := c.exchange(t.at, t.request)
				r.tally.add(answer)
				if o.OnAnswer != nil {
					o.OnAnswer(answer)
				}
			}
		})
	}
	defer connections.Wait()
	defer close(due)

	timer := time.NewTimer(0)
	defer timer.Stop()
	total := int64(o.Duration.Seconds() * float64(o.Rate))
	for i := range total {
		at := r.tally.start.Add(time.Duration(i) * time.Second / time.Duration(o.Rate))
		if wait := time.Until(at); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
		}
		select {
		case <-ctx.Done():
			return
		case due <- turn{at, o.Each(i)}:
		}
	}
}
