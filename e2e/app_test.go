package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

const (
	blue  = "blue"
	green = "green"
)

// patience is how long a test waits for what should take a few seconds.
const patience = 40 * time.Second

// app is an app of one test: with a name and a host of its own, and gone with
// the test.
type app struct {
	t          *testing.T
	s          *stack.Stack
	name, host string
}

func newApp(t *testing.T, s *stack.Stack) *app {
	name := "app" + stack.Random()
	a := &app{t: t, s: s, name: name, host: name + ".test"}
	t.Cleanup(func() {
		if t.Failed() {
			a.logHistory()
		}
		if err := s.Discard(root, name); err != nil {
			t.Error(err)
		}
	})
	return a
}

// release brings a color up; changes adapt what is released.
func (a *app) release(color, version string, changes ...change) {
	a.t.Helper()
	r := stack.Release{App: a.name, Color: color, Version: version, Host: a.host}
	for _, change := range changes {
		change(&r)
	}
	if err := a.s.Release(within(a.t, 2*time.Minute), r); err != nil {
		a.t.Fatal(err)
	}
}

// change adapts a release.
type change = func(*stack.Release)

func manual(r *stack.Release) { r.Manual = true }

// container returns the name of a color's container.
func (a *app) container(color, service string, n int) string {
	a.t.Helper()
	name := a.s.Container(within(a.t, patience), a.name, color, service, n)
	if name == "" {
		a.t.Fatalf("container %d of %s of %s %s is not there", n, service, a.name, color)
	}
	return name
}

// docker runs a docker command that has to work.
func (a *app) docker(args ...string) string {
	a.t.Helper()
	out, err := a.s.Docker(within(a.t, patience), args...)
	if err != nil {
		a.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// bg runs a bg command that has to work, and returns what it said.
func (a *app) bg(args ...string) string {
	a.t.Helper()
	stdout, stderr, code := a.s.BG(within(a.t, patience), args...)
	if code != 0 {
		a.t.Fatalf("bg %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return strings.TrimSpace(stdout)
}

// bgFails runs a bg command that has to end with code, and returns its error.
func (a *app) bgFails(code int, args ...string) string {
	a.t.Helper()
	stdout, stderr, got := a.s.BG(within(a.t, patience), args...)
	if got != code {
		a.t.Fatalf("bg %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	return strings.TrimSpace(stderr)
}

// await waits until cond holds and returns the app as it was then, and when it
// was told.
func (a *app) await(what string, cond func(api.App) error) (api.App, time.Time) {
	a.t.Helper()
	var found api.App
	var at time.Time
	err := a.s.Await(within(a.t, patience), a.name+": "+what, a.pick(func(x api.App) error {
		found, at = x, time.Now()
		return cond(x)
	}))
	if err != nil {
		a.t.Fatal(err)
	}
	return found, at
}

// holds fails the test if cond is broken at any time within d.
func (a *app) holds(d time.Duration, what string, cond func(api.App) error) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(root, d)
	defer cancel()
	var broken error
	err := a.s.Await(ctx, what, a.pick(func(x api.App) error {
		if broken = cond(x); broken != nil {
			return nil
		}
		return errors.New("it holds")
	}))
	switch {
	case broken != nil:
		a.t.Fatalf("%s: %v", what, broken)
	case root.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
		a.t.Fatal(err)
	}
}

// pick makes a condition for an app out of one for a status.
func (a *app) pick(cond func(api.App) error) func(api.Status) error {
	return func(s api.Status) error {
		i := slices.IndexFunc(s.Apps, func(x api.App) bool { return x.Name == a.name })
		if i < 0 {
			return fmt.Errorf("there is no app %s", a.name)
		}
		return cond(s.Apps[i])
	}
}

// color returns one color of x, the zero one if it is unknown.
func color(x api.App, name string) api.Color {
	for _, c := range x.Colors {
		if c.Color == name {
			return c
		}
	}
	return api.Color{}
}

// serves is true when the color is active and its routing live.
func serves(c string) func(api.App) error {
	return func(x api.App) error {
		if x.Active != c || color(x, c).Weight != 100 || !x.Live {
			return fmt.Errorf("active is %q with %d%%, live %v, phase %s, note %q", x.Active, color(x, x.Active).Weight, x.Live, x.Phase, x.Note)
		}
		return nil
	}
}

// phase is true in that phase with everything live.
func phase(p string) func(api.App) error {
	return func(x api.App) error {
		if x.Phase != p || !x.Live {
			return fmt.Errorf("phase %s, live %v, note %q", x.Phase, x.Live, x.Note)
		}
		return nil
	}
}

// events returns the app's history, oldest first; with changes, only those.
func (a *app) events(changes ...string) []api.Event {
	a.t.Helper()
	events, err := a.s.History(within(a.t, patience), a.name)
	if err != nil {
		a.t.Fatal(err)
	}
	return slices.DeleteFunc(events, func(e api.Event) bool {
		return len(changes) > 0 && !slices.Contains(changes, e.Change)
	})
}

// last returns the newest event of that kind.
func (a *app) last(change string) api.Event {
	a.t.Helper()
	events := a.events(change)
	if len(events) == 0 {
		a.t.Fatalf("the history has no %q: %+v", change, a.events())
	}
	return events[len(events)-1]
}

func (a *app) logHistory() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	events, err := a.s.History(ctx, a.name)
	if err != nil {
		a.t.Logf("no history: %v", err)
	}
	for _, e := range events {
		a.t.Logf("history: %s generation %d: %s by %s: %s (blue %d, green %d)",
			e.Time.Format("15:04:05.000"), e.Generation, e.Change, e.Actor, e.Cause, e.Blue, e.Green)
	}
	for line := range strings.Lines(a.s.Logs(ctx, a.s.Controller, 400)) {
		if strings.Contains(line, "app="+a.name) || strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			a.t.Logf("controller: %s", strings.TrimSpace(line))
		}
	}
}
