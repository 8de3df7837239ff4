package controller

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/api"
	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/controller/store"
	"bg/controller/traefik"
	"bg/labels"
)

// rig is a controller on a real state file and a real folder, with a
// Docker and a Traefik that do as the test says. Use it inside a synctest
// bubble.
type rig struct {
	t       *testing.T
	dir     string // Traefik's folder
	path    string // of the state
	looks   chan docker.Look
	store   *store.Store
	ctl     *Controller
	refuse  atomic.Pointer[error] // what Confirm answers instead of success
	confirm atomic.Int64          // calls of Confirm
	info    traefik.Info          // what Traefik says of itself, from the start
	metrics func(context.Context) (traefik.Metrics, error)
	asked   atomic.Pointer[[]rollout.Checkup]
	checks  chan map[string]rollout.Check
	policy  string                // file of the operator's; "" for none
	acts    chan string           // "start ID" and "stop ID", as they are asked for
	act     atomic.Pointer[error] // what these answer instead of success
	ended   chan error            // what Run returned
	stop    func()
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, dir: t.TempDir(), path: filepath.Join(t.TempDir(), "bg.db"), looks: make(chan docker.Look), checks: make(chan map[string]rollout.Check), acts: make(chan string, 1000)}
	t.Cleanup(func() {
		if r.stop != nil {
			r.stop()
		}
	})
	return r
}

// onBlue starts a controller that serves shop from its blue color.
func onBlue(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.start()
	r.see(web("shop", labels.Blue, 1))
	r.settle()
	return r
}

// start runs a controller until the returned func, or the test's end.
func (r *rig) start() {
	r.t.Helper()
	s, err := store.Open(r.path)
	if err != nil {
		r.t.Fatal(err)
	}
	p, err := traefik.NewPublisher(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	r.store = s
	r.ctl = New(Config{
		Version: "test", PolicyFile: r.policy, Store: s, Publisher: p, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Watch: func(ctx context.Context, deliver func(docker.Look)) error {
			for {
				select {
				case <-ctx.Done():
					return nil
				case look := <-r.looks:
					deliver(look)
				}
			}
		},
		Confirm: func(ctx context.Context, generation uint64) error {
			r.confirm.Add(1)
			if e := r.refuse.Load(); e != nil {
				<-ctx.Done()
				return *e
			}
			if got := r.generation(); got != generation {
				return &traefik.NotLive{Generation: generation, Reason: fmt.Sprintf("the file holds %d", got)}
			}
			return nil
		},
		Metrics: r.metrics,
		Health: func(ctx context.Context, sets <-chan []rollout.Checkup, deliver func(map[string]rollout.Check)) {
			for {
				select {
				case <-ctx.Done():
					return
				case set := <-sets:
					r.asked.Store(&set)
				case checks := <-r.checks:
					deliver(checks)
				}
			}
		},
		Check:       func(context.Context) (traefik.Info, []traefik.Problem) { return r.info, nil },
		Start:       func(_ context.Context, id string) error { return r.acted("start " + id) },
		Stop:        func(_ context.Context, id string) error { return r.acted("stop " + id) },
		Entrypoints: func(context.Context) ([]traefik.Entrypoint, error) { return nil, nil },
	})
	ctx, cancel := context.WithCancel(context.Background())
	r.ended = make(chan error, 1)
	go func() { r.ended <- r.ctl.Run(ctx) }()
	r.stop = func() {
		r.t.Helper()
		cancel()
		if err := <-r.ended; err != nil {
			r.t.Errorf("Run: %v", err)
		}
		if err := s.Close(); err != nil {
			r.t.Errorf("close the state: %v", err)
		}
		r.stop = nil
	}
	synctest.Wait()
}

func (r *rig) acted(what string) error {
	r.acts <- what
	if e := r.act.Load(); e != nil {
		return *e
	}
	return nil
}

// see shows the containers to the controller and lets it come to rest.
func (r *rig) see(containers ...*rollout.Container) {
	r.looks <- docker.Look{World: &rollout.World{Containers: containers}}
	synctest.Wait()
}

// settle lets the time pass after which an unchanged color is ready.
func (r *rig) settle() {
	time.Sleep(rollout.Settle)
	synctest.Wait()
}

func (r *rig) file() string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, "bg.yml"))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

func (r *rig) generation() uint64 {
	data, err := os.ReadFile(filepath.Join(r.dir, "bg.yml"))
	if err != nil {
		return 0
	}
	g, _ := traefik.Generation(data)
	return g
}

// inode tells one written file from the next: every write is a new one.
func inode(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

func (r *rig) status() api.Status {
	r.t.Helper()
	s, err := r.ctl.Status(context.Background(), 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) app(name string) api.App {
	r.t.Helper()
	for _, a := range r.status().Apps {
		if a.Name == name {
			return a
		}
	}
	r.t.Fatalf("no app %s in the status", name)
	return api.App{}
}

// problem returns the text of the first problem with the subject.
func (r *rig) problem(subject string) string {
	for _, p := range r.status().Problems {
		if p.Subject == subject {
			return p.Text
		}
	}
	return ""
}

func (r *rig) wantActive(app, color string) {
	r.t.Helper()
	if got := r.app(app).Active; got != color {
		r.t.Errorf("active color of %s = %q, want %q", app, got, color)
	}
}

func (r *rig) wantInFile(parts ...string) {
	r.t.Helper()
	file := r.file()
	for _, p := range parts {
		if !strings.Contains(file, p) {
			r.t.Errorf("the file does not hold %q:\n%s", p, file)
		}
	}
}

// web is a ready container of service web. Its address ends with the number
// that its ID holds.
func web(app string, color labels.Color, n int) *rollout.Container {
	return on(app, app, color, n)
}

// on is web of an app on any host.
func on(host, app string, color labels.Color, n int) *rollout.Container {
	c := &rollout.Container{
		ID: fmt.Sprintf("%064x", n), Name: fmt.Sprintf("%s-%s-web-%d", app, color, n),
		Address: fmt.Sprintf("10.0.0.%d", n), Condition: rollout.Ready,
		Spec: &labels.Spec{
			App: app, Color: color, Service: "web", Promote: labels.Auto,
			Failover: true, Soak: 5 * time.Minute, Drain: 10 * time.Second, Deadline: 10 * time.Minute, Retire: labels.Stop,
			HTTP: labels.HTTP{
				Routers:  []labels.Router{{Name: "web", Service: "web", Options: `{"priority":"5","rule":"Host(` + "`" + host + "`" + `)"}`}},
				Services: []labels.Service{{Name: "web", Port: 80, Scheme: "http", Server: "{}", Options: "{}"}},
			},
		},
	}
	c.Spec.HTTP.Claims = labels.Claims(app, c.Spec.HTTP)
	c.Spec.Claims = c.Spec.HTTP.Claims
	return c
}

// as returns the container in another condition.
func as(c *rollout.Container, condition rollout.Condition) *rollout.Container {
	o := *c
	o.Condition = condition
	return &o
}

// manual returns the container with bg.promote=manual.
func manual(c *rollout.Container) *rollout.Container {
	o, spec := *c, *c.Spec
	spec.Promote = labels.Manual
	o.Spec = &spec
	return &o
}
