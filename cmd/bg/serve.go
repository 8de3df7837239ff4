package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"bg/controller"
	"bg/controller/api"
	engine "bg/controller/docker"
	"bg/controller/store"
	"bg/controller/traefik"
)

// stateFile is the name of the state in its folder.
const stateFile = "bg.db"

// farewell is how long calls of the API may take to end at a stop.
const farewell = 2 * time.Second

// runController wires the parts together and runs them until ctx ends or one
// of them fails. The state comes first: its lock keeps a second controller
// from touching anything.
func runController(ctx context.Context, c controllerConfig) (err error) {
	state, err := store.Open(filepath.Join(c.StateDir, stateFile))
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("%w: only one controller may run on the folder %s; stop the other one first", err, c.StateDir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	publisher, err := traefik.NewPublisher(c.TraefikDir)
	if err != nil {
		return err
	}
	proxy, err := traefik.New(c.TraefikAPI, c.Entrypoints)
	if err != nil {
		return err
	}
	defer proxy.Close()
	options := engine.Options{Network: c.Network, Log: c.Log}
	observer, actor := engine.New(options), engine.NewActor(options)

	ctl := controller.New(controller.Config{
		Version: c.Version, Store: state, Publisher: publisher, Log: c.Log,
		Watch: observer.Run, Confirm: proxy.Confirm, Check: proxy.Check,
		Start: actor.Start, Stop: actor.Stop, Entrypoints: proxy.Entrypoints,
	})
	listener, err := api.Listen(c.Socket)
	if err != nil {
		return err
	}
	server := api.NewServer(api.NewHandler(ctl, c.Log), c.Log)

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return ctl.Run(ctx) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the API: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		if server.Shutdown(leave) != nil {
			return server.Close() // long polls do not end by themselves
		}
		return nil
	})
	c.Log.Info("controller started", "version", c.Version, "network", c.Network, "socket", c.Socket)
	return group.Wait()
}
