package docker

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// viewer takes in looks.
type viewer struct {
	looks chan Look
	last  Look
}

// watchFake runs an Observer of e until the test ends.
func watchFake(t *testing.T, e *dockertest.Engine, opts Options) *viewer {
	t.Helper()
	opts.Host, opts.Network = "unix:///fake", "bg"
	o := New(opts)
	o.dial = e.Dialer(t)
	return watchOn(t, o)
}

func watchOn(t testing.TB, o *Observer) *viewer {
	t.Helper()
	v := &viewer{looks: make(chan Look, 10_000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx, func(l Look) { v.looks <- l }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return v
}

// until waits for a look that is as wanted and returns how long it took.
func (v *viewer) until(t testing.TB, within time.Duration, what string, wanted func(Look) bool) time.Duration {
	t.Helper()
	began, limit := time.Now(), time.After(within)
	for !wanted(v.last) {
		select {
		case v.last = <-v.looks:
		case <-limit:
			t.Fatalf("not within %s: %s; the last look is %s", within, what, show(v.last))
		}
	}
	return time.Since(began)
}

// never fails if a look within that time is as feared.
func (v *viewer) never(t *testing.T, within time.Duration, what string, feared func(Look) bool) {
	t.Helper()
	limit := time.After(within)
	for {
		if feared(v.last) {
			t.Fatalf("%s: %s", what, show(v.last))
		}
		select {
		case v.last = <-v.looks:
		case <-limit:
			return
		}
	}
}

// still returns how many looks there were within that time.
func (v *viewer) still(within time.Duration) int {
	limit := time.After(within)
	for n := 0; ; n++ {
		select {
		case v.last = <-v.looks:
		case <-limit:
			return n
		}
	}
}

func show(l Look) string {
	s := fmt.Sprintf("err=%v", l.Err)
	if l.World == nil {
		return s + " no world"
	}
	for _, c := range l.World.Containers {
		s += fmt.Sprintf("\n  %s %s %s %s (%s) %s", c.ID[56:], c.Name, c.Condition, c.Address, c.Detail, c.Invalid)
	}
	return s
}

// get returns the container with that ID, or nil.
func (l Look) get(id string) *rollout.Container {
	if l.World != nil {
		for _, c := range l.World.Containers {
			if c.ID == id {
				return c
			}
		}
	}
	return nil
}

// is returns a condition for until: the container is so.
func is(id string, want rollout.Condition) func(Look) bool {
	return func(l Look) bool {
		c := l.get(id)
		return c != nil && c.Condition == want
	}
}

func gone(id string) func(Look) bool {
	return func(l Look) bool { return l.World != nil && l.get(id) == nil }
}

func count(n int) func(Look) bool {
	return func(l Look) bool { return l.World != nil && len(l.World.Containers) == n }
}

func failed(l Look) bool { return l.Err != nil }

func not(f func(Look) bool) func(Look) bool { return func(l Look) bool { return !f(l) } }

// sample is a healthy, routed container.
func sample(n int) dockertest.Container {
	return dockertest.Container{
		ID: dockertest.ID(n), Name: fmt.Sprintf("shop-blue-web-%d", n), State: "running", Health: "healthy",
		Labels: map[string]string{
			"bg.enable": "true", "com.docker.compose.project": "shop-blue", "com.docker.compose.service": "web",
			"traefik.http.routers.web.rule": "Host(`shop.test`)",
		},
		Ports:    []int{8080},
		Networks: map[string]string{"bg": fmt.Sprintf("10.0.%d.%d", n/250, n%250+2), "other": fmt.Sprintf("10.9.%d.%d", n/250, n%250+2)},
	}
}

// engine returns a fake with n samples.
func engine(n int) *dockertest.Engine {
	e := dockertest.New("bg")
	for i := range n {
		e.Put(sample(i))
	}
	return e
}

// bubble runs test on a fake clock.
func bubble(t *testing.T, test func(*testing.T)) { t.Helper(); synctest.Test(t, test) }
