package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Down removes the apps that were released through this Stack, then the stack
// with its volumes. It does so also when ctx has ended, may be called again, and
// takes what a failed Up left.
func (s *Stack) Down(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), downLimit)
	defer cancel()
	if s.watch != nil {
		s.watch.stop()
	}
	s.client.Close()
	s.mu.Lock()
	projects, folders, deployed := s.projects, s.folders, s.deployed
	s.projects, s.folders, s.deployed = nil, nil, nil
	s.mu.Unlock()

	// Without grace: this is the end of a test, and the order is such that
	// nobody routes to what is gone.
	err := s.sweep(ctx, append(projects, s.Project)...)
	for _, p := range deployed {
		err = errors.Join(err, p.untag(ctx))
	}
	for _, folder := range folders {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	fmt.Fprintf(s.progress, "stack %s: removed\n", s.Project)
	return err
}

// sweep removes all that carries the Compose label of one of the projects. It
// goes by labels, not by `docker compose down`, so that half-made projects go
// too.
func (s *Stack) sweep(ctx context.Context, projects ...string) error {
	for _, kind := range []struct{ list, remove string }{
		{"container ls -a", "container rm -f -v"},
		{"network ls", "network rm"},
		{"volume ls", "volume rm"},
	} {
		if err := s.removeAll(ctx, kind.list, kind.remove, projects); err != nil {
			return err
		}
	}
	return nil
}

// removeAll lists and removes until there is nothing left: Docker refuses for a
// moment what is just being started or removed.
func (s *Stack) removeAll(ctx context.Context, list, remove string, projects []string) error {
	var last error
	for {
		var found []string
		for _, project := range projects {
			args := append(strings.Fields(list), "-q", "--filter", "label=com.docker.compose.project="+project)
			out, err := s.Docker(ctx, args...)
			if err != nil {
				return errors.Join(err, last)
			}
			found = append(found, strings.Fields(string(out))...)
		}
		if len(found) == 0 {
			return nil
		}
		if _, last = s.Docker(ctx, append(strings.Fields(remove), found...)...); last == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("remove what is left of %s: %w", strings.Join(projects, ", "), last)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Discard removes both colors of an app at once, without grace, whatever state
// their containers are in. Like Down it does so also when ctx has ended.
func (s *Stack) Discard(ctx context.Context, app string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), downLimit)
	defer cancel()
	return s.sweep(ctx, app+"-blue", app+"-green")
}
