package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// watched gives a release bg's own health check and none of Docker's, with the
// labels that keep a hang from users after 3 s.
func watched(more ...string) change {
	return func(r *stack.Release) {
		r.Unchecked = true
		labels := map[string]string{
			"bg.health.path": "/healthz", "bg.health.interval": "500ms", "bg.health.timeout": "500ms",
		}
		for i := 0; i < len(more); i += 2 {
			labels[more[i]] = more[i+1]
		}
		r.Labels = maps.Clone(r.Labels)
		if r.Labels == nil {
			r.Labels = map[string]string{}
		}
		maps.Copy(r.Labels, labels)
	}
}

// control has the sample app of a container behave so.
func (a *app) control(container, mode string) { a.docker("exec", container, "/app", "control", mode) }

// unseen are the ways to stop serving that Docker does not tell of, and one that
// it does.
var unseen = []trouble{
	{
		name: "hangs", cause: "GET /healthz: no answer within 500ms", limit: 3 * time.Second, allLost: true, alone: true,
		adapt:  watched(),
		strike: func(a *app, c string) { a.control(c, "hang") },
		mend:   func(a *app, c string) { a.control(c, "ok") },
	},
	{
		name: "is slow", cause: "GET /healthz: no answer within 150ms", limit: 3 * time.Second,
		adapt:  watched("bg.health.latency", "150ms"),
		strike: func(a *app, c string) { a.control(c, "slow") },
		mend:   func(a *app, c string) { a.control(c, "ok") },
	},
	{
		name: "answers with a wrong status", cause: "GET /healthz: status 503, want 200-399", limit: 3 * time.Second,
		adapt:  watched(),
		strike: func(a *app, c string) { a.control(c, "unhealthy") },
		mend:   func(a *app, c string) { a.control(c, "ok") },
	},
	{
		// As docker pause does, but Docker knows nothing of it.
		name: "is frozen", cause: "GET /healthz: no answer within 500ms", limit: 3 * time.Second, allLost: true, alone: true,
		adapt:  watched(),
		strike: func(a *app, c string) { a.docker("kill", "--signal", "STOP", c) },
		mend:   func(a *app, c string) { a.docker("kill", "--signal", "CONT", c) },
	},
	{
		name: "is paused", cause: "paused", event: "pause", limit: 3 * time.Second, allLost: true,
		adapt:  watched(),
		strike: func(a *app, c string) { a.docker("pause", c) },
		mend:   func(a *app, c string) { a.docker("unpause", c) },
	},
}

// Fault 11, and the bar's "hang: no new traffic after 3 s".
func TestBgsOwnCheckDemotesAFreshlyPromotedColorThat(t *testing.T) {
	for _, trouble := range unseen {
		t.Run(trouble.name, func(t *testing.T) {
			a := newApp(t, trouble.stack(t))
			tr := a.pair(true, trouble.adapt)
			_, live := a.await("green serves", serves(green))
			tr.only(tr.after(live, rate/2), green)
			a.demoted(tr, trouble)
			a.latched(trouble)
			a.release(green, "v3", trouble.adapt)
			a.await("the new containers serve", serves(green))
		})
	}
}

func TestBgsOwnCheckDemotesACanaryThat(t *testing.T) {
	for _, trouble := range unseen[:2] {
		t.Run(trouble.name, func(t *testing.T) {
			a := newApp(t, trouble.stack(t))
			tr := a.pair(true, trouble.adapt, manual)
			a.await("green waits", phase(api.PhaseReady))
			a.bg("canary", a.name, "10")
			if c := tr.more(rate); c.failed > 0 || c.colors[green] == 0 {
				t.Fatalf("at 10%%: %s", c)
			}
			a.demoted(tr, trouble)
		})
	}
}

// Fault 15: bg's own check in place of Docker's, or a refusal that says so.
func TestAColorWithoutADockerHealthCheckIsReadyByBgsOwnCheckAlone(t *testing.T) {
	for name, c := range map[string]change{
		"over HTTP":         watched(),
		"by a connect only": func(r *stack.Release) { r.Unchecked, r.Labels = true, map[string]string{"bg.health.interval": "500ms"} },
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, sharedStack(t))
			tr := a.pair(true, c)
			a.await("green serves", serves(green))
			if c := tr.more(rate); c.failed > 0 {
				t.Errorf("requests were lost: %s", c)
			}
		})
	}
	t.Run("or else refused", func(t *testing.T) {
		a := newApp(t, sharedStack(t))
		a.release(blue, "v1", func(r *stack.Release) { r.Unchecked = true })
		a.await("the fix is named", func(x api.App) error {
			if !strings.Contains(x.Note, "label bg.health.path") {
				return fmt.Errorf("note %q", x.Note)
			}
			return nil
		})
		a.holds(2*time.Second, "blue gets no traffic", func(x api.App) error {
			if x.Active != "" {
				return fmt.Errorf("active is %s", x.Active)
			}
			return nil
		})
	})
}

func TestAColorThatDoesNotPassBgsOwnCheckGetsNoTraffic(t *testing.T) {
	for name, tt := range map[string]struct {
		adapt change
		says  string
	}{
		"as it answers wrongly": {func(r *stack.Release) { watched()(r); r.Env = map[string]string{"MODE": "unhealthy"} }, "GET /healthz: status 503, want 200-399"},
		"as it never answers":   {func(r *stack.Release) { watched()(r); r.Env = map[string]string{"MODE": "hang"} }, "GET /healthz: no answer within 500ms"},
		"as its port is closed": {func(r *stack.Release) {
			watched()(r)
			r.Env = map[string]string{"PORT": "8081"}
		}, "GET /healthz: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, sharedStack(t))
			a.release(blue, "v1", watched())
			a.await("blue serves", serves(blue))
			tr := a.load(rate)
			a.release(green, "v2", tt.adapt)
			a.await("green is told to be unfit", func(x api.App) error {
				for _, c := range color(x, green).Containers {
					if c.Condition == "starting" && strings.Contains(c.Detail, "bg's own check has not passed yet: "+tt.says) {
						return nil
					}
				}
				return fmt.Errorf("green: %+v", color(x, green).Containers)
			})
			a.holds(2*time.Second, "blue serves", serves(blue))
			tr.only(tr.more(rate), blue)
			if !strings.Contains(tt.says, "refused") {
				a.control(a.container(green, "web", 1), "ok")
				a.await("green serves once it passes", serves(green))
			}
			tr.lossless()
		})
	}
}

func TestOfTwoReplicasTheOneThatHangsIsTakenOut(t *testing.T) {
	need(t) // alone: the time matters
	a := newApp(t, shared)
	two := func(r *stack.Release) { r.Replicas = 2 }
	tr := a.pair(true, watched(), two)
	x, live := a.await("green serves", serves(green))
	tr.only(tr.after(live, rate/2), green)
	if found := a.hosts(20); len(found) != 2 {
		t.Errorf("two replicas answer as %v", found)
	}

	was, hung := x.Generation, a.container(green, "web", 2)
	struck := time.Now()
	a.control(hung, "hang")
	newer := func(x api.App) error {
		if x.Generation <= was {
			return fmt.Errorf("generation %d", x.Generation)
		}
		return serves(green)(x)
	}
	x, live = a.await("the one that hangs is out", newer)
	tr.only(tr.after(live, rate), green)
	if took := live.Sub(struck); took > 3*time.Second {
		t.Errorf("it was out after %s, want 3 s at most", took)
	}
	if falls := a.events("demote"); len(falls) > 0 {
		t.Errorf("the color was demoted: %+v", falls)
	}
	if found := a.hosts(20); len(found) != 1 {
		t.Errorf("one replica answers as %v", found)
	}
	t.Logf("out %s after the docker command began", ms(live.Sub(struck)))

	was = x.Generation
	a.control(hung, "ok")
	a.await("it is back in", newer)
	if found := a.hosts(20); len(found) != 2 {
		t.Errorf("two replicas answer as %v", found)
	}
}

// Silence may be bg's own, until somebody else is heard.
func TestWhereBothColorsHangNothingMovesAndAPersonIsTold(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	a.pair(false, watched())
	a.await("green serves", serves(green))
	web := map[string]string{blue: a.container(blue, "web", 1), green: a.container(green, "web", 1)}
	// The standby first: as long as the active one answers, bg knows that it is
	// not itself that hears nothing, and on a slow machine that may last for as
	// long as it takes to be sure of the standby. From then on nobody is heard.
	a.control(web[blue], "hang")
	a.control(web[green], "hang")
	stays := func(x api.App) error {
		if x.Active != green || color(x, blue).Role != "standby" {
			return fmt.Errorf("active is %s, blue is %s", x.Active, color(x, blue).Role)
		}
		return nil
	}
	told := func(st api.Status) error {
		for _, p := range st.Problems {
			if p.Subject == "health" && strings.Contains(p.Text, "neither does anything else on their network") {
				return nil
			}
		}
		return fmt.Errorf("problems: %+v", st.Problems)
	}
	if err := s.Await(within(t, patience), "nobody is heard", told); err != nil {
		t.Fatal(err)
	}
	a.await("the silence is not held against green", func(x api.App) error {
		if c := color(x, green).Containers; len(c) != 1 || c[0].Condition != "unproven" {
			return fmt.Errorf("green: %+v", c)
		}
		return nil
	})
	a.holds(2*time.Second, "nothing moves", stays)

	bystander := newApp(t, s)
	bystander.release(blue, "v1", watched())
	bystander.await("the bystander serves", serves(blue))
	a.await("both are down", phase(api.PhaseDown))
	a.holds(2*time.Second, "nothing moves", stays)
	a.control(web[green], "ok")
	a.await("green is back", phase(api.PhaseStable))
	a.control(web[blue], "ok")
	a.await("blue too", func(x api.App) error {
		if !color(x, blue).Ready {
			return fmt.Errorf("blue: %+v", color(x, blue).Containers)
		}
		return stays(x)
	})
}

// I10: a controller that was just started has asked nobody.
func TestAControllerThatStartsAgainTakesNobodyOutForNotHavingAskedYet(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	tr := a.pair(true, watched())
	x, _ := a.await("green serves", serves(green))
	a.docker("restart", "--time", "5", s.Controller)
	a.await("both colors pass again", func(y api.App) error {
		if y.Generation != x.Generation {
			t.Errorf("generation %d, then %d", x.Generation, y.Generation)
		}
		if !color(y, blue).Ready || !color(y, green).Ready || len(color(y, green).Containers) == 0 || color(y, green).Containers[0].Condition != "ready" {
			return fmt.Errorf("blue %+v, green %+v", color(y, blue).Containers, color(y, green).Containers)
		}
		return serves(green)(y)
	})
	tr.only(tr.more(rate), green)
	tr.lossless()
	a.control(a.container(green, "web", 1), "hang")
	a.await("the checks go on", fallen)
}
