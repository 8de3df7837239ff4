package e2e

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// trouble is one way for a container to stop serving.
type trouble struct {
	name    string
	cause   string        // that the history tells, unless the judge was faster
	detail  string        // of the container in the status, whoever was faster; "": none
	event   string        // with which Docker tells of it; "": not one of the container's
	limit   time.Duration // until the new routing is live
	told    bool          // limit counts from Docker's event, else from before the docker command
	alone   bool          // the time matters so much that no other test runs beside it
	allLost bool          // whether requests may be lost until the switch is live
	adapt   change
	strike  func(a *app, container string)
	mend    func(a *app, container string)
}

func (a *app) start(container string) { a.docker("start", container) }

// How long Docker takes to act or to find out is its own: two failed checks in a
// row for unhealthy, the end of the exec that took the memory for out of memory.
// The limits are the bar's; only the one of a kill is that tight that nothing may
// run beside it.
var troubles = []trouble{
	{
		name: "is killed", cause: "SIGKILL", detail: "exit code 137", event: "kill", limit: time.Second, alone: true, allLost: true,
		strike: func(a *app, c string) { a.docker("kill", c) },
		mend:   (*app).start,
	},
	{
		name: "is stopped", cause: "SIGTERM", event: "kill", limit: 3 * time.Second, told: true,
		adapt:  func(r *stack.Release) { r.Env = map[string]string{"LINGER": "1s"} },
		strike: func(a *app, c string) { a.docker("stop", c) },
		mend:   (*app).start,
	},
	{
		// What is sent before anybody can know of the signal meets a closed door.
		name: "is stopped and accepts no more at once", cause: "SIGTERM", event: "kill", limit: 3 * time.Second, told: true, allLost: true,
		strike: func(a *app, c string) { a.docker("stop", c) },
		mend:   (*app).start,
	},
	{
		name: "is unhealthy", cause: "unhealthy", event: "health_status: unhealthy", limit: 3 * time.Second, told: true,
		strike: func(a *app, c string) { a.docker("exec", c, "/app", "control", "unhealthy") },
		mend:   func(a *app, c string) { a.docker("exec", c, "/app", "control", "ok") },
	},
	{
		name: "is paused", cause: "paused", event: "pause", limit: 3 * time.Second, allLost: true,
		strike: func(a *app, c string) { a.docker("pause", c) },
		mend:   func(a *app, c string) { a.docker("unpause", c) },
	},
	{
		name: "is off the network", cause: "offline", limit: 3 * time.Second, allLost: true,
		strike: func(a *app, c string) { a.docker("network", "disconnect", a.s.Network, c) },
		mend:   func(a *app, c string) { a.docker("network", "connect", a.s.Network, c) },
	},
	{
		name: "runs out of memory", cause: "out of memory", detail: "out of memory", event: "die", limit: 3 * time.Second, told: true, allLost: true,
		adapt: func(r *stack.Release) { r.Services = []stack.Service{{Name: "web", Memory: "48m"}} },
		strike: func(a *app, c string) {
			// The one that asks may be the one that is killed.
			a.s.Docker(within(a.t, patience), "exec", c, "/app", "control", "hog")
		},
		mend: (*app).start,
	},
}

func TestAFreshlyPromotedColorIsDemotedWhenIt(t *testing.T) {
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			a := newApp(t, trouble.stack(t))
			tr := a.pair(true, trouble.changes()...)
			_, live := a.await("green serves", serves(green))
			tr.only(tr.after(live, rate/2), green)

			a.demoted(tr, trouble)
			a.latched(trouble)
			a.release(green, "v3", trouble.changes()...)
			a.await("the new containers serve", serves(green))
		})
	}
}

func TestACanaryIsDemotedWhenIt(t *testing.T) {
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			a := newApp(t, trouble.stack(t))
			changes := append(trouble.changes(), manual)
			tr := a.pair(true, changes...)
			a.await("green waits", phase(api.PhaseReady))
			a.bg("canary", a.name, "10")
			if c := tr.more(rate); c.failed > 0 || c.colors[green] == 0 {
				t.Fatalf("at 10%%: %s", c)
			}

			a.demoted(tr, trouble)
			a.latched(trouble)
			if said := a.bgFails(1, "canary", a.name, "10"); !strings.Contains(said, "demoted") || !strings.Contains(said, "--force") {
				t.Errorf("bg canary on a demoted color said %q", said)
			}
			a.release(green, "v3", changes...)
			a.await("the new containers wait", phase(api.PhaseReady))
		})
	}
}

func (tb trouble) stack(t *testing.T) *stack.Stack {
	if tb.alone {
		need(t)
		return shared
	}
	return sharedStack(t)
}

func (tb trouble) changes() []change {
	if tb.adapt == nil {
		return nil
	}
	return []change{tb.adapt}
}

// fallen is true when green is latched and blue has all, live.
func fallen(x api.App) error {
	if role := color(x, green).Role; role != "demoted" {
		return fmt.Errorf("green is %q, %s", role, x.Phase)
	}
	return serves(blue)(x)
}

// demoted strikes green, and checks what follows.
func (a *app) demoted(tr *traffic, tb trouble) {
	a.t.Helper()
	container := a.container(green, "web", 1)
	was := len(a.events("demote"))
	struck := time.Now()
	heard := a.hear(container, tb.event, struck)
	done := make(chan struct{})
	go func() { // docker stop returns when the container has ended, long after
		defer close(done)
		tb.strike(a, container)
	}()
	x, live := a.await("green falls", fallen)
	tr.only(tr.after(live, rate), blue)
	<-done

	before := tr.sent(struck, live)
	all := tr.sent(time.Time{}, time.Time{})
	falls := a.events("demote")
	if len(falls) != was+1 {
		a.t.Fatalf("%d demotions in the history, want %d: %+v", len(falls), was+1, falls)
	}
	e, told := falls[len(falls)-1], heard()
	// Of what Docker takes its time to find out, users may have told before.
	sooner := e.Judgment != nil && e.Time.Before(told)
	if e.Actor != "bg" || e.Blue != 100 || e.Green != 0 || e.Generation != x.Generation || !sooner && !strings.Contains(e.Cause, tb.cause) {
		a.t.Errorf("history: %+v; want bg to tell of %q", e, tb.cause)
	}
	if tb.detail != "" {
		a.await("green's container is "+tb.detail, func(x api.App) error {
			if c := color(x, green).Containers; len(c) != 1 || !strings.Contains(c[0].Detail, tb.detail) {
				return fmt.Errorf("green has %+v", c)
			}
			return nil
		})
	}
	if c := color(x, blue); x.Active != blue || !c.Ready {
		a.t.Errorf("blue: %+v", c)
	}
	if !tb.allLost && all.failed > 0 {
		a.t.Errorf("requests were lost: %s", all)
	}
	since := struck
	if tb.told {
		since = told
	}
	if took := live.Sub(since); took > tb.limit {
		a.t.Errorf("green was out after %s, want %s at most", took, tb.limit)
	}
	if !told.IsZero() {
		a.t.Logf("Docker told of it %s after the command began; the new routing was live %s after that", ms(told.Sub(struck)), ms(live.Sub(told)))
	}
	a.t.Logf("out %s after the docker command began, %s after the decision; lost until then: %d of %d; after that: %s",
		ms(live.Sub(struck)), ms(live.Sub(e.Time)), before.failed, before.total, tr.sent(live, time.Time{}))
	a.t.Logf("cause: %s", e.Cause)
}

// hear begins to listen for a container's event and returns a function that waits
// for the first one and returns when Docker says that it was.
func (a *app) hear(container, event string, since time.Time) func() time.Time {
	if event == "" {
		return func() time.Time { return time.Time{} }
	}
	ctx := within(a.t, patience)
	cmd := bed.Docker(ctx, "events", "--since", fmt.Sprintf("%d.%09d", since.Unix(), since.Nanosecond()),
		"--filter", "container="+container, "--format", "{{.TimeNano}} {{.Action}}")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		a.t.Fatal(err)
	}
	found := make(chan time.Time, 1)
	go func() {
		defer cmd.Wait()
		defer cmd.Process.Kill()
		for lines := bufio.NewScanner(out); lines.Scan(); {
			when, what, _ := strings.Cut(lines.Text(), " ")
			if ns, err := strconv.ParseInt(when, 10, 64); err == nil && what == event {
				found <- time.Unix(0, ns)
				return
			}
		}
	}()
	return func() time.Time {
		a.t.Helper()
		select {
		case at := <-found:
			return at
		case <-ctx.Done():
			a.t.Fatalf("Docker did not tell of %q of %s", event, container)
			return time.Time{}
		}
	}
}

// latched mends green and checks that it stays without traffic.
func (a *app) latched(tb trouble) {
	a.t.Helper()
	tb.mend(a, a.container(green, "web", 1))
	a.await("green is ready again", func(x api.App) error {
		if c := color(x, green); !c.Ready {
			return fmt.Errorf("green: %+v", c.Containers)
		}
		return nil
	})
	a.holds(3*time.Second, "green stays out", fallen)
}
