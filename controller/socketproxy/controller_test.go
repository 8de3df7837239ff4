package socketproxy

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/controller/docker"
	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

// look runs the controller's observer on a socket and returns what it sees of
// the container once that is as wanted.
func look(t *testing.T, host string, change func(), want func(*rollout.Container) bool) *rollout.Container {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	looks, done := make(chan docker.Look, 100), make(chan error, 1)
	go func() {
		done <- docker.New(docker.Options{Host: host, Network: "bg"}).Run(ctx, func(l docker.Look) { looks <- l })
	}()
	defer func() {
		cancel()
		must(t, <-done)
	}()
	limit := soon(t)
	changed := false
	for {
		select {
		case l := <-looks:
			if l.World == nil || l.Err != nil {
				continue
			}
			if !changed {
				changed = true
				change()
			}
			for _, c := range l.World.Containers {
				if c.ID == ours && want(c) {
					return c
				}
			}
		case <-limit.Done():
			t.Fatal("the controller does not see it")
		}
	}
}

// The controller must see through the proxy what it sees without: a member
// that it begins to read has to be let through too.
func TestTheControllerSeesTheSameThroughTheProxy(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*dockertest.Engine)
		want   rollout.Condition
	}{
		"as it is": {func(*dockertest.Engine) {}, rollout.Exited},
		"started":  {func(e *dockertest.Engine) { e.Start(ours, map[string]string{"bg": "10.0.0.9"}) }, rollout.Starting},
		"healthy": {func(e *dockertest.Engine) {
			e.Start(ours, map[string]string{"bg": "10.0.0.9"})
			e.SetHealth(ours, "healthy", 0)
		}, rollout.Ready},
		"disconnected": {func(e *dockertest.Engine) {
			e.Start(ours, map[string]string{"bg": "10.0.0.9"})
			e.SetHealth(ours, "healthy", 0)
			e.Connect(ours, "bg", "")
		}, rollout.Offline},
		"told to stop": {func(e *dockertest.Engine) { e.Start(ours, map[string]string{"bg": "10.0.0.9"}); e.Signal(ours, 3) }, rollout.Stopping},
	} {
		t.Run(name, func(t *testing.T) {
			var seen [2]*rollout.Container
			for i := range seen {
				e := house()
				host := "unix://" + newBed(t, e, nil).socket
				if i == 0 {
					host = e.Listen(t)
				}
				seen[i] = look(t, host, func() { tt.change(e) }, func(c *rollout.Container) bool { return c.Condition == tt.want })
			}
			// Each engine has its own clock.
			if seen[0].Started.IsZero() != seen[1].Started.IsZero() {
				t.Errorf("started %s and %s", seen[0].Started, seen[1].Started)
			}
			seen[1].Started = seen[0].Started
			if diff := cmp.Diff(seen[0], seen[1]); diff != "" {
				t.Errorf("with and without the proxy:\n%s", diff)
			}
		})
	}
}

func TestTheControllerStartsAndStopsThroughTheProxy(t *testing.T) {
	e := house()
	actor := docker.NewActor(docker.Options{Host: "unix://" + newBed(t, e, nil).socket, Network: "bg"})
	must(t, actor.Start(soon(t), ours))
	if s := stateOf(e, ours); s != "running" {
		t.Errorf("after the start it is %s", s)
	}
	must(t, actor.Stop(soon(t), ours))
	if s := stateOf(e, ours); s != "exited" {
		t.Errorf("after the stop it is %s", s)
	}
	if err := actor.Start(soon(t), theirs); err == nil || !strings.Contains(err.Error(), "bg.enable=true") {
		t.Errorf("somebody else's: %v", err)
	}
	must(t, actor.Start(soon(t), ours))
	e.Upgrade("1.44", "1.47")
	if err := actor.Stop(soon(t), ours); err != nil {
		t.Errorf("after an upgrade of the engine: %v", err)
	}
}
