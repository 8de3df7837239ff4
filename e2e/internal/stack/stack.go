// Package stack runs docker-compose.yml and apps beside it for the tests, the
// demo and the benchmarks: the real files, on a network, volumes and ports of
// their own.
//
// Every name has a random part and every port is one of 127.0.0.1, so that
// several stacks and a user's own bg run side by side. Down removes what was
// made through the Stack and nothing else.
package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/testbed"
)

// Options says what a stack is called and where it listens. Zero values give
// random names and free ports.
type Options struct {
	Project, Network    string
	HTTPPort, HTTPSPort int
	Progress            io.Writer // a line for each step; nil: none
}

// Stack is a running Traefik, controller and socket proxy. Its methods may be called at once.
type Stack struct {
	Testbed             *testbed.Testbed
	Project, Network    string
	HTTPPort, HTTPSPort int
	Controller, Traefik string // names of the containers
	SocketProxy         string

	progress io.Writer
	client   *api.Client
	watch    *watch

	mu       sync.Mutex
	projects []string // of apps, in the order of their first release
	folders  []string // temporary
	deployed []*Project
}

// Limits of bringing up and taking down, whatever the caller's context allows.
const (
	upLimit   = 2 * time.Minute
	downLimit = 2 * time.Minute
)

// Up starts the stack and returns once the controller answers and Traefik was
// seen to serve what it wrote. After an error nothing is left, and the error
// ends with the containers' last words.
func Up(ctx context.Context, tb *testbed.Testbed, o Options) (*Stack, error) {
	ctx, cancel := context.WithTimeout(ctx, upLimit)
	defer cancel()
	const tries = 3 // somebody else may take a port between the look and the use
	for try := 1; ; try++ {
		s, err := newStack(tb, o)
		if err != nil {
			return nil, err
		}
		if err = s.up(ctx); err == nil {
			return s, nil
		}
		err = fmt.Errorf("bring up the stack %s: %w%s", s.Project, err, s.lastWords())
		if again := portTaken(err) && o.HTTPPort == 0 && o.HTTPSPort == 0; !again || try == tries || ctx.Err() != nil {
			return nil, errors.Join(err, s.Down(ctx))
		}
		if err := s.Down(ctx); err != nil {
			return nil, err
		}
	}
}

func newStack(tb *testbed.Testbed, o Options) (*Stack, error) {
	s := &Stack{Testbed: tb, Project: o.Project, Network: o.Network, HTTPPort: o.HTTPPort, HTTPSPort: o.HTTPSPort, progress: o.Progress}
	if s.progress == nil {
		s.progress = io.Discard
	}
	if s.Project == "" {
		s.Project = "bg-e2e-" + Random()
	}
	if s.Network == "" {
		s.Network = s.Project
	}
	for _, port := range []*int{&s.HTTPPort, &s.HTTPSPort} {
		if *port != 0 {
			continue
		}
		var err error
		if *port, err = testbed.FreePort(); err != nil {
			return nil, err
		}
	}
	s.Controller, s.Traefik, s.SocketProxy = s.Project+"-controller-1", s.Project+"-traefik-1", s.Project+"-socket-proxy-1"
	s.client = api.NewClient(s.dial)
	return s, nil
}

// up leaves what it made behind when it fails.
func (s *Stack) up(ctx context.Context) error {
	fmt.Fprintf(s.progress, "stack %s: starting\n", s.Project)
	cmd := s.Testbed.Compose(ctx, "-p", s.Project, "up", "-d", "--no-build")
	cmd.Env = append(cmd.Env, s.env()...)
	if _, err := run(ctx, cmd); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	s.watch = newWatch(s.client)
	fmt.Fprintf(s.progress, "stack %s: %s\n", s.Project, s.URL())
	return nil
}

func (s *Stack) env() []string {
	return []string{
		"BG_BIND=127.0.0.1",
		fmt.Sprintf("BG_HTTP_PORT=%d", s.HTTPPort),
		fmt.Sprintf("BG_HTTPS_PORT=%d", s.HTTPSPort),
		"BG_NETWORK=" + s.Network,
	}
}

// URL returns where Traefik's entrypoint web is reached from here.
func (s *Stack) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.HTTPPort) }

// Random returns ten letters and digits, for names of what is to be removed.
func Random() string { return strings.ToLower(rand.Text()[:10]) }

func portTaken(err error) bool {
	return strings.Contains(err.Error(), "port is already allocated") || strings.Contains(err.Error(), "address already in use")
}
