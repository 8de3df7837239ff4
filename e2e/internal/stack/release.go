package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Release is one color of an app: a Compose project of the sample app.
type Release struct {
	App, Color string
	Version    string            // in the app's answers; default v1
	Host       string            // users ask for it; "": Labels hold the routers
	Replicas   int               // of each service that names no number; default 1
	Labels     map[string]string // on every container, beside bg.enable
	Env        map[string]string // of every container
	Services   []Service         // default: one, "web"
	Manual     bool              // bg.promote=manual
	Image      string            // default: the sample app's
	Unchecked  bool              // without a health check of Docker's
}

// Service is one service of a Release.
type Service struct {
	Name     string
	Host     string // default: the release's Host, for the first service
	Replicas int
	Labels   map[string]string
	Env      map[string]string
	Memory   string // limit, such as 32m
}

// Release brings the color up, as a user would: a Compose file in a folder and
// `docker compose -p APP-COLOR up -d`. It returns when the containers are started,
// not when they are healthy. For a color that is up already, Compose recreates
// the containers whose definition changed.
func (s *Stack) Release(ctx context.Context, r Release) error {
	file, err := s.composeFile(r)
	if err != nil {
		return err
	}
	project := r.App + "-" + r.Color
	s.mu.Lock()
	if !slices.Contains(s.projects, project) {
		s.projects = append(s.projects, project)
	}
	s.mu.Unlock()
	if _, err := run(ctx, s.Testbed.Compose(ctx, "-p", project, "-f", file, "up", "-d", "--pull", "never")); err != nil {
		return fmt.Errorf("release %s %s: %w", r.App, r.Color, err)
	}
	return nil
}

// Remove takes the color down as a user would, with its grace. It is no error if
// it is not there.
func (s *Stack) Remove(ctx context.Context, app, color string) error {
	project := app + "-" + color
	if _, err := run(ctx, s.Testbed.Compose(ctx, "-p", project, "down", "-v")); err != nil {
		return fmt.Errorf("remove %s %s: %w", app, color, err)
	}
	s.mu.Lock()
	s.projects = slices.DeleteFunc(s.projects, func(p string) bool { return p == project })
	s.mu.Unlock()
	return nil
}

// Container returns the name of the n-th container, from 1, of a color's service,
// running or not. It is "" if there is none.
func (s *Stack) Container(ctx context.Context, app, color, service string, n int) string {
	out, err := s.Docker(ctx, "ps", "-a", "--format", "{{.Names}}",
		"--filter", "label=com.docker.compose.project="+app+"-"+color,
		"--filter", "label=com.docker.compose.service="+service,
		"--filter", fmt.Sprintf("label=com.docker.compose.container-number=%d", n))
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return name
}

// composeFile writes the release to a new folder, which Down removes.
func (s *Stack) composeFile(r Release) (string, error) {
	folder, err := os.MkdirTemp("", "bg-e2e-")
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.folders = append(s.folders, folder)
	s.mu.Unlock()
	data, err := r.compose(s.Network)
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "compose.yaml")
	return file, os.WriteFile(file, data, 0o644)
}
