package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"bg/controller"
	"bg/controller/api"
	engine "bg/controller/docker"
	"bg/controller/probe"
	"bg/controller/store"
	"bg/controller/traefik"
)

const (
	stateFile   = "bg.db" // in the state's folder
	stageFolder = ".bg"   // in Traefik's, for files under way
)

// expiry is how long a certificate should last at the least.
const expiry = 14 * 24 * time.Hour

// thrift is the controller's GOGC, if the environment gives none: by how many
// percent the heap may grow between two collections. It idles most of the time,
// so half of Go's own figure costs next to no CPU, and saves a tenth of its
// memory with few apps, a sixth with a thousand.
const thrift = 50

// farewell is how long calls of the API may take to end at a stop.
const farewell = 2 * time.Second

// runController wires the parts together and runs them until ctx ends or one
// of them fails. The state comes first: its lock keeps a second controller
// from touching anything.
func runController(ctx context.Context, c controllerConfig) (err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(thrift)
	}
	if err := cmp.Or(writable(c.StateDir, stateFile), writable(c.TraefikDir, stageFolder)); err != nil {
		return err
	}
	state, err := store.Open(filepath.Join(c.StateDir, stateFile))
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("%w: only one controller may run on the folder %s; stop the other one first", err, c.StateDir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	if m := state.Migrated(); m != nil {
		c.Log.Info("state migrated", "from", m.From, "to", m.To, "copy", m.Copy)
	}
	publisher, err := traefik.NewPublisher(c.TraefikDir)
	if err != nil {
		return err
	}
	proxy, err := traefik.New(c.TraefikAPI, c.Entrypoints)
	if err != nil {
		return err
	}
	defer proxy.Close()
	if c.Metrics != "" {
		if err := proxy.MetricsAt(c.Metrics); err != nil {
			return err
		}
	}
	options := engine.Options{Network: c.Network, Log: c.Log}
	observer, actor := engine.New(options), engine.NewActor(options)

	ctl := controller.New(controller.Config{
		Version: c.Version, Store: state, Publisher: publisher, Log: c.Log,
		Watch: observer.Run, Confirm: proxy.Confirm, Check: proxy.Check, Metrics: proxy.Metrics, Health: probe.NewChecker().Run,
		Start: actor.Start, Stop: actor.Stop, Entrypoints: proxy.Entrypoints, PolicyFile: c.Policy,
	})
	listener, err := api.Listen(c.Socket)
	if err != nil {
		return err
	}
	gate, err := openGate(c)
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return ctl.Run(ctx) })
	serveAPI(ctx, group, listener, api.NewServer(api.NewHandler(ctl, c.Log), c.Log))
	if gate != nil {
		serveAPI(ctx, group, gate, api.NewServer(gate.Handler(ctl, c.Log), c.Log))
	}
	c.Log.Info("controller started", "version", c.Version, "network", c.Network, "socket", c.Socket)
	return group.Wait()
}

// serveAPI serves until ctx ends.
func serveAPI(ctx context.Context, group *errgroup.Group, l net.Listener, server *http.Server) {
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the API at %s: %w", l.Addr(), err)
		}
		return nil
	})
	group.Go(func() error { return end(ctx, server) })
}

// openGate opens the API over TCP, if it is on.
func openGate(c controllerConfig) (*api.Gate, error) {
	if c.Gate == nil {
		return nil, nil
	}
	gate, err := api.OpenGate(*c.Gate)
	if err != nil {
		return nil, err
	}
	if left := time.Until(gate.Expires()); left < expiry {
		c.Log.Warn("the TLS certificate ends soon, clients will refuse it", "file", c.Gate.Cert, "at", gate.Expires())
	}
	c.Log.Info("the API is open over TCP", "address", gate.Addr().String())
	return gate, nil
}

// end waits for the end of ctx and closes server.
func end(ctx context.Context, server *http.Server) error {
	<-ctx.Done()
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if server.Shutdown(leave) != nil {
		return server.Close() // long polls do not end by themselves
	}
	return nil
}
