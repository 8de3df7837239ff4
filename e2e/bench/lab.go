package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.yaml.in/yaml/v3"

	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// lab is a Traefik with the settings of docker-compose.yml, but with its
// folder on this machine, where anybody can write; and a container of the
// sample app in each color beside it.
type lab struct {
	tb      *testbed.Testbed
	name    string
	folder  string            // temporary, of everything below
	dynamic string            // Traefik's file provider watches it
	web     string            // URL of the entrypoint
	api     string            // URL of Traefik's API
	address map[string]string // IP of each color's container
}

// cleanLimit is how long it may take to remove things.
const cleanLimit = time.Minute

// newLab leaves nothing behind when it fails.
func newLab(ctx context.Context, tb *testbed.Testbed) (l *lab, err error) {
	l = &lab{tb: tb, name: "bg-bench-" + stack.Random(), address: map[string]string{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("make the lab: %w", err), l.close())
		}
	}()
	if l.folder, err = os.MkdirTemp("", "bg-bench-"); err != nil {
		return l, err
	}
	l.dynamic = filepath.Join(l.folder, "dynamic")
	// Traefik's container may run as another user.
	if err := errors.Join(os.Chmod(l.folder, 0o755), os.Mkdir(l.dynamic, 0o755)); err != nil {
		return l, err
	}
	settings, err := traefikSettings(filepath.Join(tb.Root, "docker-compose.yml"))
	if err != nil {
		return l, err
	}
	if _, err := l.docker(ctx, "network", "create", l.name); err != nil {
		return l, err
	}
	for _, color := range []string{"blue", "green"} {
		if err := l.sample(ctx, color); err != nil {
			return l, err
		}
	}
	args := append([]string{"run", "-d", "--name", l.name + "-traefik", "--network", l.name,
		"--network-alias", "api.bg.internal", "-p", "127.0.0.1::80", "-p", "127.0.0.1::8080",
		"-v", l.dynamic + ":/etc/traefik/dynamic:ro", testbed.TraefikImage}, settings...)
	if _, err := l.docker(ctx, args...); err != nil {
		return l, err
	}
	if l.web, err = l.published(ctx, "80"); err != nil {
		return l, err
	}
	l.api, err = l.published(ctx, "8080")
	return l, err
}

// traefikSettings returns the command of the service traefik.
func traefikSettings(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Services map[string]struct{ Command []string }
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	command := file.Services["traefik"].Command
	if len(command) == 0 {
		return nil, fmt.Errorf("%s: the service traefik has no command", path)
	}
	return command, nil
}

// sample starts the sample app in one color. Its health check is off: it
// would take part of what is measured.
func (l *lab) sample(ctx context.Context, color string) error {
	name := l.name + "-" + color
	if _, err := l.docker(ctx, "run", "-d", "--name", name, "--network", l.name, "--no-healthcheck",
		"-e", "BG_COLOR="+color, "-e", "VERSION=v1", testbed.SampleImage); err != nil {
		return err
	}
	out, err := l.docker(ctx, "inspect", "--format", "{{json .NetworkSettings.Networks}}", name)
	if err != nil {
		return err
	}
	var networks map[string]struct{ IPAddress string }
	if err := json.Unmarshal([]byte(out), &networks); err != nil {
		return fmt.Errorf("read the address of %s: %w", name, err)
	}
	if l.address[color] = networks[l.name].IPAddress; l.address[color] == "" {
		return fmt.Errorf("container %s has no address", name)
	}
	return nil
}

// published returns the URL at which a port of Traefik's is reached.
func (l *lab) published(ctx context.Context, port string) (string, error) {
	out, err := l.docker(ctx, "port", l.name+"-traefik", port)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(out, "\n")
	return "http://" + strings.TrimSpace(first), nil
}

func (l *lab) docker(ctx context.Context, args ...string) (string, error) {
	cmd := l.tb.Docker(ctx, args...)
	// Ctrl-C is for the benchmark, which needs Docker to clean up.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(failed.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("docker %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// close removes all that newLab made, of what is there.
func (l *lab) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanLimit)
	defer cancel()
	out, err := l.docker(ctx, "ps", "-aq", "--filter", "name=^"+l.name+"-")
	if ids := strings.Fields(out); len(ids) > 0 {
		_, gone := l.docker(ctx, append([]string{"rm", "-f", "-v"}, ids...)...)
		err = errors.Join(err, gone)
	}
	if out, _ := l.docker(ctx, "network", "ls", "-q", "--filter", "name=^"+l.name+"$"); out != "" {
		_, gone := l.docker(ctx, "network", "rm", l.name)
		err = errors.Join(err, gone)
	}
	if l.folder != "" {
		err = errors.Join(err, os.RemoveAll(l.folder))
	}
	return err
}
