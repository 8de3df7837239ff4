// Package docker watches the labeled containers of one Docker engine, and
// starts and stops them.
//
// What holds here:
//   - Level-triggered: an event only says where to look. What is handed on
//     comes from a fresh inspect, or from a list that says that it is due.
//     The one exception is the stop signal, which no inspect shows.
//   - Unknown is never read as empty or unhealthy: what a call that failed
//     would have said stays as it was.
//   - A container counts as gone only when Docker answers 404 for it.
//   - Only containers with bg.enable=true are touched, by their full ID, and
//     looked at first. Nothing is created and nothing is executed.
//   - Environment variables and the output of health checks are never looked at.
//
// It is the only importer of docker/client and imports no other edge.
package docker

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"bg/controller/rollout"
)

// The defaults of Options.
const (
	DefaultRelist   = 10 * time.Second
	DefaultCall     = 5 * time.Second
	DefaultParallel = 8
	DefaultMax      = 10_000
)

// Options says where to look and within which limits. Zero limits mean the
// defaults.
type Options struct {
	Host string // as DOCKER_HOST; "" means the environment's
	// Network is the one on which the proxy reaches containers. The label
	// traefik.docker.network overrides it per container.
	Network string
	Log     *slog.Logger // nil: none

	Relist   time.Duration // between two lists, if nothing else asks for one
	Call     time.Duration // for one call, the body included
	Parallel int           // inspects at once, hung ones not counted
	Max      int           // containers; a list with more is refused
}

// Look is the result of one look at Docker.
type Look struct {
	// World is nil until the first successful list. While Docker can't be
	// reached it is the last one, by the same pointer.
	World *rollout.World
	// Err says what of the newest look failed: the list or, if that went
	// well, the subscription to events, without which a change is seen only
	// at the next list. nil if all is well.
	Err error
}

// equal reports whether a reader would see no difference.
func (l Look) equal(o Look) bool {
	return l.World == o.World && message(l.Err) == message(o.Err)
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Observer watches one Docker engine. Its methods may run at once.
type Observer struct {
	opts Options
	dial func(ctx context.Context, network, address string) (net.Conn, error) // for tests without sockets
}

// New returns an Observer. It starts nothing and calls nobody.
func New(opts Options) *Observer {
	opts.Relist = cmp.Or(opts.Relist, DefaultRelist)
	opts.Call = cmp.Or(opts.Call, DefaultCall)
	opts.Parallel = cmp.Or(opts.Parallel, DefaultParallel)
	opts.Max = cmp.Or(opts.Max, DefaultMax)
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Observer{opts: opts}
}

// Run watches until ctx is done, then joins all that it started and returns
// nil. The only error is a Host that can't be understood, at once.
//
// It calls deliver from one goroutine, whenever World or Err differ from
// what deliver got last. A slow deliver misses looks in between, never the
// newest, and delays nothing else. Run returns only after deliver did.
func (o *Observer) Run(ctx context.Context, deliver func(Look)) error {
	c, err := o.client()
	if err != nil {
		return err
	}
	c.close()

	group, ctx := errgroup.WithContext(ctx)
	s := newStream()
	w := newWatch(o, s, group.Go)
	group.Go(func() error { return o.follow(ctx, s) })
	group.Go(func() error { return w.run(ctx) })
	group.Go(func() error { return hand(ctx, w.looks, deliver) })
	err = group.Wait()
	if w.conn != nil {
		w.conn.close()
	}
	return err
}

// hand calls deliver with the looks that differ from the one before.
func hand(ctx context.Context, looks <-chan Look, deliver func(Look)) error {
	var last Look
	for {
		select {
		case <-ctx.Done():
			return nil
		case l := <-looks:
			if !l.equal(last) {
				last = l
				deliver(l)
			}
		}
	}
}
