// Package lab is a Traefik of its own for tests and benchmarks, with its folder
// on this machine, where anybody can write; containers of the sample app beside
// it; and `bg controller` as a process of this machine, between that Traefik and
// a Docker engine of the caller's.
//
// Every name has a random part, every port is one of 127.0.0.1, and Close removes
// what New made and nothing else.
package lab

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
	"golang.org/x/sync/errgroup"

	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// Lab is a Traefik with the settings of docker-compose.yml and some samples.
type Lab struct {
	Testbed *testbed.Testbed
	Name    string            // of the network; all containers' names begin with it
	Folder  string            // temporary, of everything below
	Dynamic string            // Traefik's file provider watches it
	Web     string            // URL of the entrypoint
	API     string            // URL of Traefik's API
	Address map[string]string // IP of each sample
}

// Sample is a container of the sample app.
type Sample struct{ Name, Color, Version string }

// closeLimit is how long it may take to remove things.
const closeLimit = time.Minute

// New leaves nothing behind when it fails.
func New(ctx context.Context, tb *testbed.Testbed, samples ...Sample) (l *Lab, err error) {
	l = &Lab{Testbed: tb, Name: "bg-lab-" + stack.Random(), Address: map[string]string{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("make the lab: %w", err), l.Close())
		}
	}()
	if l.Folder, err = os.MkdirTemp("", "bg-lab-"); err != nil {
		return l, err
	}
	l.Dynamic = filepath.Join(l.Folder, "dynamic")
	// Traefik's container may run as another user.
	if err := errors.Join(os.Chmod(l.Folder, 0o755), os.Mkdir(l.Dynamic, 0o755)); err != nil {
		return l, err
	}
	settings, err := traefikSettings(filepath.Join(tb.Root, "docker-compose.yml"))
	if err != nil {
		return l, err
	}
	if _, err := l.Docker(ctx, "network", "create", l.Name); err != nil {
		return l, err
	}
	var starting errgroup.Group
	for _, s := range samples {
		starting.Go(func() error { return l.sample(ctx, s) })
	}
	starting.Go(func() error { return l.traefik(ctx, settings) })
	if err := starting.Wait(); err != nil {
		return l, err
	}
	for _, s := range samples {
		if l.Address[s.Name], err = l.address(ctx, s.Name); err != nil {
			return l, err
		}
	}
	if l.Web, err = l.published(ctx, "80"); err != nil {
		return l, err
	}
	l.API, err = l.published(ctx, "8080")
	return l, err
}

// Container returns the name of a sample's container; that of "traefik" is
// Traefik's.
func (l *Lab) Container(sample string) string { return l.Name + "-" + sample }

func (l *Lab) traefik(ctx context.Context, settings []string) error {
	args := append([]string{
		"run", "-d", "--name", l.Container("traefik"), "--network", l.Name,
		"--network-alias", "api.bg.internal", "-p", "127.0.0.1::80", "-p", "127.0.0.1::8080",
		"-v", l.Dynamic + ":/etc/traefik/dynamic:ro", testbed.TraefikImage,
	}, settings...)
	_, err := l.Docker(ctx, args...)
	return err
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

// sample starts the sample app. Its health check is off: it would take part of
// what is measured.
func (l *Lab) sample(ctx context.Context, s Sample) error {
	_, err := l.Docker(ctx, "run", "-d", "--name", l.Container(s.Name), "--network", l.Name, "--no-healthcheck",
		"-e", "BG_COLOR="+s.Color, "-e", "VERSION="+s.Version, testbed.SampleImage)
	return err
}

func (l *Lab) address(ctx context.Context, sample string) (string, error) {
	out, err := l.Docker(ctx, "inspect", "--format", "{{json .NetworkSettings.Networks}}", l.Container(sample))
	if err != nil {
		return "", err
	}
	var networks map[string]struct{ IPAddress string }
	if err := json.Unmarshal([]byte(out), &networks); err != nil {
		return "", fmt.Errorf("read the address of %s: %w", sample, err)
	}
	if networks[l.Name].IPAddress == "" {
		return "", fmt.Errorf("container %s has no address", sample)
	}
	return networks[l.Name].IPAddress, nil
}

// published returns the URL at which a port of Traefik's is reached.
func (l *Lab) published(ctx context.Context, port string) (string, error) {
	out, err := l.Docker(ctx, "port", l.Container("traefik"), port)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(out, "\n")
	return "http://" + strings.TrimSpace(first), nil
}

// Docker runs `docker args...` and returns its output, trimmed.
func (l *Lab) Docker(ctx context.Context, args ...string) (string, error) {
	cmd := l.Testbed.Docker(ctx, args...)
	// Ctrl-C is for the caller, which needs Docker to clean up.
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

// Close removes all that New made, of what is there.
func (l *Lab) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	out, err := l.Docker(ctx, "ps", "-aq", "--filter", "name=^"+l.Name+"-")
	if ids := strings.Fields(out); len(ids) > 0 {
		_, gone := l.Docker(ctx, append([]string{"rm", "-f", "-v"}, ids...)...)
		err = errors.Join(err, gone)
	}
	if out, _ := l.Docker(ctx, "network", "ls", "-q", "--filter", "name=^"+l.Name+"$"); out != "" {
		_, gone := l.Docker(ctx, "network", "rm", l.Name)
		err = errors.Join(err, gone)
	}
	if l.Folder != "" {
		err = errors.Join(err, os.RemoveAll(l.Folder))
	}
	return err
}
