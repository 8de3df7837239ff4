package stack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// poll is the pause between two looks at what nobody announces.
const poll = 50 * time.Millisecond

// ready waits until the controller answers and the generation that it tells of
// is seen to be served on the port that users use.
func (s *Stack) ready(ctx context.Context) error {
	for {
		err := s.look(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the controller and Traefik: %w: %w", ctx.Err(), err)
		case <-time.After(poll):
		}
		if err := s.alive(ctx); err != nil {
			return err
		}
	}
}

func (s *Stack) look(ctx context.Context) error {
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	for _, p := range status.Problems {
		if p.Severity == "error" {
			return fmt.Errorf("the controller reports: %s: %s", p.Subject, p.Text)
		}
	}
	return s.Serves(ctx, status.Generation)
}

// Serves returns nil if Traefik answers for the generation on the entrypoint
// web, where a router of bg's tells it with status 418.
func (s *Stack) Serves(ctx context.Context, generation uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/%d", s.URL(), generation), nil)
	if err != nil {
		return err
	}
	req.Host = "confirm.bg.internal"
	req.Close = true
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("ask Traefik for generation %d: %w", generation, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusTeapot {
		return fmt.Errorf("generation %d is not served: Traefik answers %s", generation, res.Status)
	}
	return nil
}

// alive returns an error as soon as a container of the stack is known to have
// ended: waiting longer would not help.
func (s *Stack) alive(ctx context.Context) error {
	out, err := s.Docker(ctx, "inspect", "--format", "{{.Name}} {{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}", s.Controller, s.Traefik, s.SocketProxy)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		var name, state string
		var restarts, code int
		if _, err := fmt.Sscan(line, &name, &state, &restarts, &code); err != nil {
			return fmt.Errorf("read the state of a container from %q: %w", line, err)
		}
		if state == "exited" || state == "dead" || restarts > 3 {
			return fmt.Errorf("container %s is %s with code %d after %d restarts", strings.TrimPrefix(name, "/"), state, code, restarts)
		}
	}
	return nil
}

// lastWords returns the end of the stack's logs, "" if there are none.
func (s *Stack) lastWords() string {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	var b strings.Builder
	for _, name := range []string{s.Controller, s.Traefik, s.SocketProxy} {
		cmd := s.Testbed.Docker(ctx, "logs", "--tail", "12", name)
		text, err := cmd.CombinedOutput()
		if err == nil && len(text) > 0 {
			fmt.Fprintf(&b, "\n%s:\n%s", name, strings.TrimRight(string(text), "\n"))
		}
	}
	return b.String()
}

// Logs returns the newest n lines of a container's output, both streams.
func (s *Stack) Logs(ctx context.Context, container string, n int) string {
	text, err := s.Testbed.Docker(ctx, "logs", "--tail", fmt.Sprint(n), container).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%s(%v)", text, err)
	}
	return string(text)
}
