package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dockerLimit is how long Docker may take for one answer.
const dockerLimit = 15 * time.Second

// docker runs the docker command, with the global options that it was given
// itself if bg runs as its plugin.
type docker struct {
	path    string
	options []string
}

// container is a running container.
type container struct{ id, name string }

func (p *program) docker() docker {
	d := docker{path: "docker", options: p.call.docker}
	if original := os.Getenv("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"); p.call.plugin && original != "" {
		d.path = original
	}
	return d
}

// command returns an unstarted command. It is put in a process group of its
// own, so that Ctrl-C reaches bg alone, which ends it in order.
func (d docker) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.path, slices.Concat(d.options, args)...)
	cmd.SysProcAttr = ownGroup()
	cmd.WaitDelay = time.Second
	return cmd
}

// output runs docker to its end and returns what it printed, without the
// last line end. The error is docker's own words where it has any.
func (d docker) output(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	cmd := d.command(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case err == nil:
		return strings.TrimRight(string(out), "\n"), nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", fmt.Errorf("docker %s did not answer within %v", args[0], dockerLimit)
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("the docker command is not installed")
	}
	if words := strings.TrimSpace(stderr.String()); words != "" {
		return "", errors.New(words)
	}
	return "", fmt.Errorf("docker %s: %w", args[0], err)
}

// controllers returns the running controllers.
func (d docker) controllers(ctx context.Context) ([]container, error) {
	out, err := d.output(ctx, "ps", "--no-trunc",
		"--filter", "label=bg.controller=true", "--filter", "status=running",
		"--format", "{{.ID}} {{.Names}}")
	if err != nil {
		return nil, err
	}
	var found []container
	for line := range strings.Lines(out) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			name, _, _ = strings.Cut(name, ",") // of several, legacy links follow
			found = append(found, container{id: id, name: name})
		}
	}
	return found, nil
}

// dial opens a connection to the API of the controller in a container.
func (d docker) dial(_ context.Context, id string) (net.Conn, error) {
	// Not of the caller's context: the connection may serve later calls too.
	return startConn(d.command(context.Background(), "exec", "-i", id, "/bg", "dial-stdio"))
}

// logs returns the last lines that a container wrote, 4 KiB at most.
func (d docker) logs(ctx context.Context, container string, lines int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	cmd := d.command(ctx, "logs", "--tail", strconv.Itoa(lines), "--", container)
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		if words := said.String(); words != "" {
			return "", errors.New(words)
		}
		return "", fmt.Errorf("docker logs: %w", err)
	}
	return said.String(), nil
}
