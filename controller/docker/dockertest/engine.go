// Package dockertest is a Docker engine for tests: it speaks the part of
// the API that bg uses, over HTTP, and misbehaves on cue. Containers
// are only records; nothing runs.
package dockertest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Engine is a fake Docker engine. Its methods may run at once. The zero
// value is not usable: see New.
type Engine struct {
	mu         sync.Mutex
	api, min   string
	containers map[string]*Container
	networks   map[string]bool
	endpoints  int
	clock      time.Time

	calls    map[Call]int
	faults   map[Call]Fault
	words    map[Call][]byte  // see Say
	inspects map[string]Fault // by container

	kept    []Event // the last 256, as Docker
	streams map[chan Event]context.CancelFunc
	mute    bool
	holding bool
	held    []Event
}

// New returns an engine 20.10 without containers, with the networks named.
func New(networks ...string) *Engine {
	e := &Engine{
		api: "1.41", min: "1.12",
		containers: map[string]*Container{},
		networks:   map[string]bool{},
		calls:      map[Call]int{},
		faults:     map[Call]Fault{},
		words:      map[Call][]byte{},
		inspects:   map[string]Fault{},
		streams:    map[chan Event]context.CancelFunc{},
	}
	for _, n := range networks {
		e.networks[n] = true
	}
	return e
}

// Upgrade makes the engine speak the API versions from least to newest, and
// refuse others, as a new release of Docker does.
func (e *Engine) Upgrade(least, newest string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.min, e.api = least, newest
}

// now returns a time later than any it returned before.
func (e *Engine) now() time.Time {
	t := time.Now()
	if !t.After(e.clock) {
		t = e.clock.Add(1)
	}
	e.clock = t
	return t
}

// Listen serves on a Unix socket until the test ends and returns its
// address in the form of DOCKER_HOST.
func (e *Engine) Listen(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "docker.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	e.serve(t, l)
	return "unix://" + path
}

// Dialer serves in memory until the test ends and returns the function that
// connects to it. It works inside a synctest bubble.
func (e *Engine) Dialer(t testing.TB) func(context.Context, string, string) (net.Conn, error) {
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	e.serve(t, l)
	return l.dial
}

func (e *Engine) serve(t testing.TB, l net.Listener) {
	server := &http.Server{Handler: e}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		_ = server.Close()
		done.Wait()
	})
}

// Calls returns how often that was called.
func (e *Engine) Calls(c Call) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls[c]
}

// Streams returns how many subscriptions to events are open.
func (e *Engine) Streams() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.streams)
}

// ID returns the nth container ID. They sort as their numbers.
func ID(n int) string { return fmt.Sprintf("%064x", n+0xabc000000) }
