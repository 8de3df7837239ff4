package compose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// glance is the time between two looks at containers that are waited for.
const glance = 500 * time.Millisecond

// UpShared brings up, in the user's own project, those shared services that
// are not up, and waits until each is as the colored ones need it (Waits). It
// recreates none, unless recreate says that docker compose may where the file
// has changed. A shared one-off that has ended well is up.
//
// It waits until ctx ends. The error names the service and shows its last
// log lines where it can't become what is needed.
func (c CLI) UpShared(ctx context.Context, p *Project, recreate bool) error {
	var shared []string
	for _, d := range p.Services {
		if d.Kind == Shared && d.Replicas > 0 {
			shared = append(shared, d.Name)
		}
	}
	if len(p.named(Shared)) == 0 {
		return nil
	}
	now, err := c.containers(ctx, p)
	if err != nil {
		return fmt.Errorf("look at the shared services: %w", err)
	}
	if !recreate {
		shared = slices.DeleteFunc(shared, func(name string) bool { return p.isUp(name, now[name]) })
	}
	if len(shared) > 0 {
		args := own(p, "up", "-d", "--no-deps")
		if !recreate {
			args = append(args, "--no-recreate")
		}
		if err := c.run(ctx, nil, append(args, shared...)...); err != nil {
			return fmt.Errorf("bring up the shared services %s: %w", strings.Join(shared, ", "), err)
		}
	}
	if err := c.ensureNetworks(ctx, p); err != nil {
		return err
	}
	return c.await(ctx, p)
}

// isUp reports whether docker compose has nothing to do for a service.
func (p *Project) isUp(name string, containers []container) bool {
	d, _ := p.service(name)
	if len(containers) < d.Replicas {
		return false
	}
	return !slices.ContainsFunc(containers, func(c container) bool {
		ended := c.State == "exited" && c.ExitCode == 0 && p.oneOff(name)
		return !ended && !slices.Contains([]string{"running", "restarting", "paused"}, c.State)
	})
}

// oneOff reports whether another service waits for the end of this one.
func (p *Project) oneOff(name string) bool {
	for _, s := range p.model.Services {
		if s.DependsOn[name].Condition == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	for _, d := range p.Services {
		if d.Waits[name] == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	return false
}

// await polls until every condition of Waits holds.
func (c CLI) await(ctx context.Context, p *Project) error {
	type wait struct{ service, condition string }
	var open []wait
	for _, d := range p.Services {
		for name, condition := range d.Waits {
			if w := (wait{name, condition}); !slices.Contains(open, w) {
				open = append(open, w)
			}
		}
	}
	slices.SortFunc(open, func(a, b wait) int {
		return strings.Compare(a.service+" "+a.condition, b.service+" "+b.condition)
	})
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for said := ""; len(open) > 0; {
		now, err := c.containers(ctx, p)
		if err != nil {
			return fmt.Errorf("look at the shared services: %w", err)
		}
		var left []wait
		var words []string
		for _, w := range open {
			met, err := met(w.service, w.condition, now[w.service])
			if err != nil {
				return c.withLogs(ctx, err)
			}
			if !met {
				left = append(left, w)
				words = append(words, fmt.Sprintf("%s (%s)", w.service, w.condition))
			}
		}
		open = left
		if len(open) == 0 {
			return nil
		}
		if text := strings.Join(words, ", "); text != said {
			c.say("waiting for the shared services: %s", text)
			said = text
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the shared services: %s: %w", said, context.Cause(ctx))
		case <-tick.C:
		}
	}
	return nil
}

func (c CLI) say(format string, args ...any) {
	if c.Stdout != nil {
		fmt.Fprintf(c.Stdout, format+"\n", args...)
	}
}

// stuck says that a container can't become what is needed.
type stuck struct {
	container string
	text      string
}

func (s *stuck) Error() string { return s.text }

// withLogs adds the container's last lines to an error that is stuck.
func (c CLI) withLogs(ctx context.Context, err error) error {
	var s *stuck
	if !errors.As(err, &s) || s.container == "" {
		return err
	}
	lines, logErr := c.Logs(ctx, s.container, 10)
	if logErr != nil || lines == "" {
		return err
	}
	return fmt.Errorf("%w; its last lines:\n%s", err, lines)
}

// met reports whether a condition holds, or an error if it won't.
func met(service, condition string, containers []container) (bool, error) {
	if len(containers) == 0 {
		return false, &stuck{text: fmt.Sprintf("shared service %s has no container; give it scale or replicas of at least 1, or remove it from depends_on", service)}
	}
	all := true
	for _, c := range containers {
		ok, why := c.meets(condition)
		if why != "" {
			return false, &stuck{container: c.Name, text: fmt.Sprintf("shared service %s: container %s %s", service, c.Name, why)}
		}
		all = all && ok
	}
	return all, nil
}
