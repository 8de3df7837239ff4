package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// controllerWay is how the controller is reached.
type controllerWay struct {
	client *api.Client
	where  string // for people: "container bg-controller-1"
}

// connect returns a client of the controller, which was seen to answer. The
// order: --host; the container labeled bg.controller=true; the usual
// socket. The caller closes the client.
func (p *program) connect(c *cli.Context) (*api.Client, controllerWay, error) {
	way, err := p.findController(c)
	if err != nil {
		return nil, way, err
	}
	if err := way.client.Ping(c.Context); err != nil {
		way.client.Close()
		if c.Context.Err() != nil {
			return nil, way, c.Context.Err()
		}
		return nil, way, fmt.Errorf("%s: %w", way.where, advise(err))
	}
	return way.client, way, nil
}

func (p *program) findController(c *cli.Context) (controllerWay, error) {
	if host := c.String("host"); host != "" {
		return hostWay(host)
	}
	d := p.docker()
	found, dockerErr := d.controllers(c.Context)
	if c.Context.Err() != nil {
		return controllerWay{}, c.Context.Err()
	}
	if dockerErr == nil {
		one, err := choose(found, c.String("controller"))
		if err != nil {
			return controllerWay{}, err
		}
		if one != nil {
			return controllerWay{where: "container " + one.name, client: api.NewClient(func(ctx context.Context) (net.Conn, error) {
				return d.dial(ctx, one.id)
			})}, nil
		}
	}
	if info, err := os.Stat(defaultSocket); err == nil && info.Mode().Type() == fs.ModeSocket && c.String("controller") == "" {
		return socketWay(defaultSocket), nil
	}
	return controllerWay{}, noController(dockerErr, c.String("controller"))
}

func hostWay(host string) (controllerWay, error) {
	scheme, path, _ := strings.Cut(host, "://")
	switch {
	case scheme == "unix" && strings.HasPrefix(path, "/"):
		return socketWay(path), nil
	case scheme == "tcp":
		return remoteWay(path)
	}
	return controllerWay{}, usagef("--host %q: write unix:///run/bg/bg.sock, or tcp://HOST:PORT with BG_TOKEN", host)
}

func socketWay(path string) controllerWay {
	return controllerWay{where: "unix://" + path, client: api.NewClient(func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	})}
}

// choose returns the controller that is wanted, the only one if none is, or
// nil if there is none at all.
func choose(found []container, wanted string) (*container, error) {
	if wanted != "" {
		for i, f := range found {
			if f.name == wanted || len(wanted) >= 6 && strings.HasPrefix(f.id, wanted) {
				return &found[i], nil
			}
		}
		if len(found) == 0 {
			return nil, nil
		}
		return nil, usagef("no running controller is named %q; there is %s", wanted, names(found))
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	return nil, usagef("several controllers run: %s\nChoose one with --controller NAME or BG_CONTROLLER=NAME, or give --host.", names(found))
}

func names(found []container) string {
	var s []string
	for _, f := range found {
		s = append(s, f.name)
	}
	return strings.Join(s, ", ")
}

// noController says what was tried, and how to start a controller.
func noController(dockerErr error, wanted string) error {
	tried := "no container labeled bg.controller=true is running"
	if wanted != "" {
		tried += fmt.Sprintf(" (%q was asked for)", wanted)
	}
	if dockerErr != nil {
		tried = "Docker could not be asked: " + dockerErr.Error()
	}
	return &exitError{code: exitNoController, text: fmt.Sprintf(`no controller found: %s, and there is no %s.
Start one with 'docker compose up -d' in the folder of bg's docker-compose.yml,
or say where it is: --host or BG_HOST, unix:///PATH or tcp://HOST:PORT.`, tried, defaultSocket)}
}
