package main

import (
	"context"
	"net"
	"net/http"
	"time"
)

// run serves until ctx ends. Then it accepts no more, lets what is open finish
// for as long as grace, WebSockets included, and cuts the rest: an endless
// stream must not hold up a release.
func run(ctx context.Context, l net.Listener, a *app, grace time.Duration) error {
	// Requests outlive ctx on purpose; cut ends them.
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler:           a,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	limit, cancel := context.WithTimeout(requests, grace)
	defer cancel()
	defer context.AfterFunc(limit, cut)()
	if server.Shutdown(limit) != nil {
		server.Close()
	}
	<-failed
	// Shutdown does not know of connections that a WebSocket took over.
	a.sockets.Wait()
	return nil
}
