package lab

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

// Options says how a controller runs. Only Docker is required.
type Options struct {
	Binary  string   // default: the test bed's
	Docker  string   // as DOCKER_HOST
	Network string   // default: the lab's
	Dynamic string   // Traefik's folder; default: the lab's
	State   string   // folder, made if it is missing; default: "state" in the lab's
	Env     []string // beside this process's own
}

// Controller is `bg controller` as a process of this machine. Its Client is the
// caller's until Kill or Stop.
type Controller struct {
	Client *api.Client
	Log    string // file
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the process has ended
	err    error         // of the process, once ended is closed
}

// stopLimit is how long a controller may take to leave at SIGTERM.
const stopLimit = 10 * time.Second

// Start starts a controller and does not wait for anything.
func (l *Lab) Start(o Options) (*Controller, error) {
	if o.Binary == "" {
		o.Binary = l.Testbed.BG
	}
	if o.Network == "" {
		o.Network = l.Name
	}
	if o.Dynamic == "" {
		o.Dynamic = l.Dynamic
	}
	if o.State == "" {
		o.State = filepath.Join(l.Folder, "state")
	}
	run, err := os.MkdirTemp(l.Folder, "run-")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return nil, err
	}
	socket := filepath.Join(run, "bg.sock")
	c := &Controller{Log: filepath.Join(run, "log"), ended: make(chan struct{})}
	log, err := os.Create(c.Log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd = exec.Command(o.Binary, "controller",
		"--traefik-api", l.API, "--traefik-dir", o.Dynamic, "--entrypoint", strings.TrimPrefix(l.Web, "http://"),
		"--state-dir", o.State, "--socket", socket, "--network", o.Network)
	c.cmd.Env = append(append(os.Environ(), "DOCKER_HOST="+o.Docker), o.Env...)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the controller: %w", err)
	}
	go func() {
		defer close(c.ended)
		c.err = c.cmd.Wait()
	}()
	c.Client = api.NewClient(func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	})
	return c, nil
}

// Await waits until cond returns nil for a status, or ctx ends. While the
// controller does not answer it keeps waiting, unless the controller has ended.
func (c *Controller) Await(ctx context.Context, what string, cond func(api.Status) error) error {
	var after uint64
	for {
		status, err := c.Client.Status(ctx, after, time.Second)
		if err == nil {
			if err = cond(status); err == nil {
				return nil
			}
			after = status.Revision
			if ctx.Err() == nil {
				continue // the next status comes when there is one
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %w", what, ctx.Err(), err)
		case <-c.ended:
			return fmt.Errorf("wait for %s: the controller ended: %w\n%s", what, errors.Join(err, c.err), c.LastWords(12))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Signal sends the process a signal.
func (c *Controller) Signal(s syscall.Signal) error { return c.cmd.Process.Signal(s) }

// Wait waits until the process has ended and returns its exit code, -1 if a
// signal ended it.
func (c *Controller) Wait(ctx context.Context) (int, error) {
	select {
	case <-c.ended:
		return c.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the controller to end: %w", ctx.Err())
	}
}

// Kill ends the process as a crash would. It may have ended before.
func (c *Controller) Kill() {
	c.Client.Close()
	_ = c.cmd.Process.Kill()
	<-c.ended
}

// Stop ends the process in order. It may have ended before.
func (c *Controller) Stop() error {
	c.Client.Close()
	if err := c.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.ended:
		return nil
	case <-time.After(stopLimit):
		c.Kill()
		return errors.New("the controller did not end at SIGTERM")
	}
}

// LastWords returns the newest n lines that the controller wrote.
func (c *Controller) LastWords(n int) string {
	text, err := os.ReadFile(c.Log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
