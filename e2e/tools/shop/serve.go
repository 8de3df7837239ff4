package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// grace is how long requests under way may take after the last one was accepted.
const grace = 8 * time.Second

// runWeb serves until ctx ends and for c.linger longer: whoever routes to it may
// not have heard of its end yet.
func runWeb(ctx context.Context, c config, s *store) error {
	l, err := net.Listen("tcp", ":"+c.port)
	if err != nil {
		return err
	}
	fmt.Println(c.color, c.version, "listens on", l.Addr())
	return serve(ctx, l, newWeb(c, s), c.linger)
}

// serve returns once all requests that were accepted are answered.
func serve(ctx context.Context, l net.Listener, h http.Handler, linger time.Duration) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-served:
		return err
	case <-time.After(linger):
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return server.Shutdown(limit)
}
