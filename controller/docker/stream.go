package docker

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/docker/docker/api/types/events"
)

const (
	firstPause = 100 * time.Millisecond // before the first reconnect
	maxPause   = 4 * time.Second        // with the scatter of a fifth below 5 s
	scatter    = 0.2
	// steady is how long a stream must have lived for the next pause to be
	// short again: each reconnect costs a list.
	steady = 10 * time.Second
	// replay is how far back a subscription asks for events; the engine
	// keeps 256. Docker answers the request just before it subscribes, so a
	// list begun at the answer may miss what the stream misses too. And stop
	// signals that were sent while no stream was open can't be inspected.
	replay = time.Minute
	// backlog is how many hints wait for the watch.
	backlog = 256
)

// link is the outcome of one attempt to connect and subscribe.
type link struct {
	conn *conn // nil if the engine could not be asked at all
	err  error // why there is no stream
}

// stream is what the follower tells the watch.
type stream struct {
	links chan link
	hints chan hint
	// lost gets a token when hints were dropped since the last one.
	lost chan struct{}
}

func newStream() *stream {
	return &stream{make(chan link), make(chan hint, backlog), make(chan struct{}, 1)}
}

// follow keeps one subscription open until ctx is done.
func (o *Observer) follow(ctx context.Context, s *stream) error {
	pause := &backoff.ExponentialBackOff{
		InitialInterval: firstPause, MaxInterval: maxPause, Multiplier: 2, RandomizationFactor: scatter,
	}
	for {
		began := time.Now()
		if err := o.session(ctx, s); ctx.Err() == nil {
			o.opts.Log.Warn("docker events end, reconnecting", "error", err)
		}
		if time.Since(began) >= steady {
			pause.Reset()
		}
		wait := time.NewTimer(pause.NextBackOff())
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}

// session connects anew, subscribes, says so and passes hints on until the
// stream ends. The conn belongs to the watch once it was told.
func (o *Observer) session(ctx context.Context, s *stream) error {
	c, err := o.client()
	if err != nil {
		s.tell(ctx, link{nil, err})
		return err
	}
	if err := cmp.Or(c.negotiate(ctx), c.tooOld()); err != nil {
		c.close()
		s.tell(ctx, link{nil, err})
		return err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	messages, errs, err := c.subscribe(reading, stop)
	if !s.tell(ctx, link{c, err}) {
		c.close()
	}
	if err != nil {
		return err
	}
	for {
		select {
		case m := <-messages:
			s.pass(m)
		case err := <-errs:
			return err
		}
	}
}

// tell hands l to the watch, or returns false once ctx is done.
func (s *stream) tell(ctx context.Context, l link) bool {
	select {
	case s.links <- l:
		return true
	case <-ctx.Done():
		return false
	}
}

// pass queues what m hints at. It never waits: Docker drops slow readers.
func (s *stream) pass(m events.Message) {
	h, ok := hintOf(m)
	if !ok {
		return
	}
	select {
	case s.hints <- h:
		return
	default:
	}
	select {
	case s.lost <- struct{}{}:
	default:
	}
}

// subscribe opens the stream of events within the time limit. With a nil
// error the caller reads until errs has an error, which comes at the latest
// after cancel, the cancel function of ctx.
func (c *conn) subscribe(ctx context.Context, cancel context.CancelFunc) (<-chan events.Message, <-chan error, error) {
	late := time.AfterFunc(c.limit, cancel)
	since := time.Now().Add(-replay).UnixNano()
	messages, errs := c.Events(ctx, events.ListOptions{
		Since:   fmt.Sprintf("%d.%09d", since/1e9, since%1e9),
		Filters: eventFilter(),
	})
	if !late.Stop() {
		<-errs
		return nil, nil, fmt.Errorf("subscribe to docker events: no answer in %s", c.limit)
	}
	select {
	case err := <-errs:
		return nil, nil, fmt.Errorf("subscribe to docker events: %w", err)
	default:
		return messages, errs, nil
	}
}
