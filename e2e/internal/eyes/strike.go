package eyes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bg/e2e/internal/stack"
)

type blow = func(ctx context.Context, s *stack.Stack, container string) error

// docker does with the container what a docker command does.
func docker(verb string) blow {
	return func(ctx context.Context, s *stack.Stack, container string) error {
		_, err := s.Docker(ctx, verb, container)
		return err
	}
}

// control tells the app in the container how to behave, past any proxy.
func control(args ...string) blow {
	return func(ctx context.Context, s *stack.Stack, container string) error {
		_, err := s.Docker(ctx, append([]string{"exec", container, "/app", "control"}, args...)...)
		return err
	}
}

// unplug takes the container off the network on which Traefik reaches it, and plug
// puts it back.
func unplug(ctx context.Context, s *stack.Stack, container string) error {
	_, err := s.Docker(ctx, "network", "disconnect", s.Network, container)
	return err
}

func plug(ctx context.Context, s *stack.Stack, container string) error {
	_, err := s.Docker(ctx, "network", "connect", s.Network, container)
	return err
}

// outOfMemory makes the app ask for more than it may have. Docker hears from the
// kernel of the app's end and of its memory by two ways: if of the end first, the
// container's state does not tell of the memory, and an event does a moment later.
func outOfMemory(ctx context.Context, s *stack.Stack, container string) error {
	from := time.Now()
	// The one that tells it so runs under the same limit and may be killed first.
	_, told := s.Docker(ctx, "exec", container, "/app", "control", "hog")
	if _, err := s.Docker(ctx, "wait", container); err != nil {
		return errors.Join(err, told)
	}
	out, err := s.Docker(ctx, "inspect", "--format", "{{.State.OOMKilled}}", container)
	if err != nil || strings.TrimSpace(string(out)) == "true" {
		return err
	}
	out, err = s.Docker(ctx, "events", "--since", fmt.Sprint(from.Unix()), "--until", fmt.Sprint(time.Now().Unix()+2),
		"--filter", "container="+container, "--filter", "event=oom", "--format", "{{.Action}}")
	if err == nil && strings.TrimSpace(string(out)) == "" {
		err = fmt.Errorf("the app ended, but not for its memory: %w", told)
	}
	return err
}
