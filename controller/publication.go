package controller

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/internal/failpoint"
	"bg/controller/traefik"
)

// publication is how far the newest generation has come on its way to the
// users: rendered, written, confirmed.
type publication struct {
	certificate *traefik.Certificate
	data        []byte    // what the file holds, as far as bg knows
	generation  uint64    // that was written last
	written     bool      // the file holds that generation
	at          time.Time // of the write
	tries       int       // writes of this generation that Traefik was given time for
	confirmed   uint64
	retry       time.Time // try to write again then; zero: no need
	cancel      context.CancelFunc
	samples     []time.Duration // from write to live, the newest few
}

// verdict is what became of one try to see a generation live.
type verdict struct {
	generation uint64
	err        error
	took       time.Duration // since the write
}

// due reports whether generation must be written.
func (p *publication) due(generation uint64) bool {
	if p.generation != generation {
		return true
	}
	return !p.written && !p.retry.IsZero() && !time.Now().Before(p.retry)
}

// publish writes the state's routing, unless the file holds it already, and
// begins to watch for it to be live.
func (l *loop) publish() {
	p := &l.publication
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
	if p.generation != l.state.Generation {
		p.tries = 0
	}
	p.generation, p.written, p.retry = l.state.Generation, false, time.Time{}

	cert := p.certificate
	if n, err := l.Publisher.Neighbors(); err == nil && n.DefaultCertificate {
		cert = nil
	}
	routing := l.state.Routing()
	l.problems.set("preview", traefik.Previews(routing)...)
	data, err := traefik.Render(routing, cert)
	if err != nil {
		// No file can hold this routing: the same as if Traefik refused it.
		l.refuse(p.generation, err.Error())
		return
	}
	if !bytes.Equal(data, p.data) {
		if err := l.write(data); err != nil {
			return
		}
	}
	p.written, p.at = true, time.Now()
	l.watch()
}

// write puts data before Traefik. A failure leaves the old file and the old
// routes, and is tried again.
func (l *loop) write(data []byte) error {
	p := &l.publication
	if err := l.Publisher.Publish(data); err != nil {
		l.Log.Error("the routing could not be written", "generation", p.generation, "error", err)
		l.problems.set("publish", traefik.Problem{Severity: "error", Text: fmt.Sprintf("the routing cannot be written: %v; Traefik keeps the old one", err)})
		p.data, p.written = nil, false // unknown: it may have been renamed but not synced
		p.retry = time.Now().Add(retryPause)
		return err
	}
	l.problems.set("publish")
	p.data = data
	return nil
}

// watch begins one try to see the written generation live.
func (l *loop) watch() {
	p := &l.publication
	ctx, cancel := context.WithCancel(l.ctx)
	p.cancel = cancel
	generation, at := p.generation, p.at
	l.wg.Go(func() {
		try, done := context.WithTimeout(ctx, confirmLimit)
		err := l.Confirm(try, generation)
		done()
		select {
		case l.verdicts <- verdict{generation: generation, err: err, took: time.Since(at)}:
		case <-ctx.Done():
		}
	})
}

// settle takes a verdict in: confirmed; or written once more; or refused, if
// Traefik is up and still does not serve it. While Traefik cannot be reached
// nothing is known, so it is only asked again.
func (p *publication) settle(l *loop, v verdict) {
	if v.err == nil {
		_ = failpoint.Reach(failpoint.Confirmed) // a place to die at: too late to fail
		l.Log.Info("live", "generation", v.generation, "took", v.took)
		p.confirmed = max(p.confirmed, v.generation)
		if p.tries == 0 && v.took < confirmLimit {
			p.measure(l, v.took)
		}
		p.tries = 0
		l.problems.set("confirm")
		return
	}
	if p.tries < 2 {
		l.Log.Warn("not confirmed", "generation", v.generation, "error", v.err)
	}
	l.problems.set("confirm", traefik.Problem{
		Severity: "error",
		Text:     fmt.Sprintf("generation %d is written but not confirmed: %v", v.generation, v.err),
	})
	var notLive *traefik.NotLive
	if errors.As(v.err, &notLive) {
		p.tries++
		switch p.tries {
		case 1:
			if l.write(p.data) != nil {
				return
			}
			p.at = time.Now()
		case 2:
			l.refuse(v.generation, notLive.Reason)
		}
	}
	l.watch()
}

// refuse tells the next decision that Traefik does not serve generation.
func (l *loop) refuse(generation uint64, reason string) {
	l.refused, l.reason = generation, reason
	l.timer.Reset(0)
}

// measure judges whether Traefik takes changes over at once.
func (p *publication) measure(l *loop, took time.Duration) {
	const keep = 5
	p.samples = append(p.samples, took)
	if len(p.samples) > keep {
		p.samples = p.samples[1:]
	}
	if traefik.Throttled(p.samples) {
		l.problems.set("throttle", traefik.Problem{
			Severity: "warning",
			Text:     fmt.Sprintf("Traefik takes changes over late (%s last time): set providers.providersThrottleDuration to 0", took.Round(time.Millisecond)),
		})
		return
	}
	l.problems.set("throttle")
}
