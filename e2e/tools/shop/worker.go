package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// idle is how long a worker waits before it looks into an empty queue again.
const idle = 20 * time.Millisecond

// work does one job after the other until ctx ends. The job in hand then is
// finished first.
func work(ctx context.Context, c config, s *store) (err error) {
	number, err := s.begin(c.color, c.version, time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.end(number, time.Now())) }()
	for ctx.Err() == nil {
		job, err := s.take()
		if err != nil {
			return err
		}
		if job == "" {
			select {
			case <-ctx.Done():
			case <-time.After(idle):
			}
			continue
		}
		time.Sleep(c.work) // this is the job
		if err := s.finish(job, c.color, number, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// runWorker works until ctx ends, and answers its health check meanwhile.
func runWorker(ctx context.Context, c config, s *store) error {
	l, err := net.Listen("tcp", ":"+c.port)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthz)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	fmt.Println(c.color, c.version, "works")
	err = work(ctx, c, s)
	server.Close()
	<-served
	return err
}
