package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bg/controller/api"
)

// controller is `bg controller` as a process of this machine, between an
// engine and the lab's Traefik.
type controller struct {
	client *api.Client
	cmd    *exec.Cmd
	log    string // file
	ended  chan error
}

// newController returns once the controller has seen all apps and Traefik
// serves them. It leaves nothing running when it fails.
func newController(ctx context.Context, l *lab, e *engine, apps int) (*controller, error) {
	state, socket := filepath.Join(l.folder, "state"), filepath.Join(l.folder, "run", "bg.sock")
	if err := errors.Join(os.Mkdir(state, 0o700), os.Mkdir(filepath.Dir(socket), 0o700)); err != nil {
		return nil, err
	}
	c := &controller{log: filepath.Join(l.folder, "controller.log"), ended: make(chan error, 1)}
	log, err := os.Create(c.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd = exec.Command(l.tb.BG, "controller",
		"--traefik-api", l.api, "--traefik-dir", l.dynamic, "--entrypoint", strings.TrimPrefix(l.web, "http://"),
		"--state-dir", state, "--socket", socket, "--network", l.name)
	c.cmd.Env = append(os.Environ(), "DOCKER_HOST="+e.host)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the controller: %w", err)
	}
	go func() { c.ended <- c.cmd.Wait() }()
	c.client = api.NewClient(func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	})
	if err := c.settle(ctx, apps); err != nil {
		return nil, fmt.Errorf("%w\n%s", errors.Join(err, c.close()), c.lastWords())
	}
	return c, nil
}

// settle waits until every app has an active color that Traefik serves.
func (c *controller) settle(ctx context.Context, apps int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		status, err := c.client.Status(ctx, 0, 0)
		if err == nil {
			live := 0
			for _, a := range status.Apps {
				if a.Active != "" && a.Live {
					live++
				}
			}
			if live == apps {
				return nil
			}
			err = fmt.Errorf("%d of %d apps are live, problems: %v", live, apps, status.Problems)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the controller: %w: %w", ctx.Err(), err)
		case ended := <-c.ended:
			c.ended <- ended
			return fmt.Errorf("the controller ended: %v", ended)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *controller) lastWords() string {
	text, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

func (c *controller) close() error {
	c.client.Close()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.ended:
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("the controller did not end at SIGTERM"), c.cmd.Process.Kill())
	}
}
