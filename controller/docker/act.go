package docker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/container"
)

const (
	// actMargin is what a start or a stop may take beyond the limit of a
	// call or the container's grace: networks and mounts to set up or tear
	// down, on a machine that is busy with a release.
	actMargin = 25 * time.Second
	// maxAct bounds a stop, whatever grace the container asks for.
	maxAct = 10 * time.Minute
)

// Actor starts and stops containers that carry bg's labels, and no others.
// It creates nothing and executes nothing. Its methods may run at once, and
// each call is a connection of its own: it happens seldom, and the engine
// may have been upgraded since the last one.
type Actor struct{ o *Observer }

// NewActor returns an Actor of the same engine that an Observer with these
// Options watches. It starts nothing and calls nobody.
func NewActor(opts Options) *Actor { return &Actor{New(opts)} }

// Start starts the container with this full ID, and succeeds at once if it
// runs. It takes 25 s longer than Options.Call at most.
//
// The error says what Docker did not like, in short, or that the container is
// not bg's to touch; if there is no such container it satisfies
// errdefs.IsNotFound. One that could not be started stays in the state that
// it was in.
func (a *Actor) Start(ctx context.Context, id string) error {
	return a.act(ctx, id, func(c *conn, f *fact) error {
		return c.within(ctx, c.limit+actMargin, "start container "+f.name, func(ctx context.Context) error {
			return c.ContainerStart(ctx, id, container.StartOptions{})
		})
	})
}

// Stop stops the container with this full ID and returns when it has ended;
// it succeeds at once if it does not run. The container gets its own stop
// signal and, after its own grace, SIGKILL. Stop takes 25 s longer than that
// grace at most, and never more than 10 minutes. The errors are as Start's.
//
// When ctx ends or the time is up, Docker goes on with the stop; but the
// first releases of Engine 23.0 and 24.0 then kill the container, so a ctx
// should not end for less than the end of the program.
func (a *Actor) Stop(ctx context.Context, id string) error {
	return a.act(ctx, id, func(c *conn, f *fact) error {
		limit := min(f.grace+actMargin, maxAct)
		return c.within(ctx, limit, "stop container "+f.name, func(ctx context.Context) error {
			return c.ContainerStop(ctx, id, container.StopOptions{})
		})
	})
}

// act looks at the container and, if it is bg's, calls do.
func (a *Actor) act(ctx context.Context, id string, do func(*conn, *fact) error) error {
	// Docker would also take a name or the beginning of an ID, and either
	// may mean another container tomorrow.
	if len(id) != 64 || !validID(id) {
		return fmt.Errorf("%.80q is no full container ID, which has 64 hex digits", id)
	}
	c, err := a.o.client()
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.negotiate(ctx); err != nil {
		return err
	}
	f, err := c.inspect(ctx, id, a.o.opts.Network, nil)
	switch {
	case errors.Is(err, errNotColored):
		return fmt.Errorf("container %s is not labeled bg.enable=true, and bg starts and stops only those that are", id[:12])
	case err != nil:
		return err
	}
	return do(c, f)
}

// grace returns the time between a container's stop signal and its end by
// force: Docker's 10 s unless it has its own, which may be none at all.
func grace(c *container.Config) time.Duration {
	switch t := c.StopTimeout; {
	case t == nil:
		return 10 * time.Second
	case *t < 0 || *t > int(maxAct/time.Second):
		return maxAct
	default:
		return time.Duration(*t) * time.Second
	}
}
