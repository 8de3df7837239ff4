package docker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"

	"bg/controller/docker/dockertest"
)

// actOn returns an Actor of the fake.
func actOn(t *testing.T, e *dockertest.Engine) *Actor {
	t.Helper()
	a := NewActor(Options{Host: "unix:///fake", Network: "bg"})
	a.o.dial = e.Dialer(t)
	return a
}

// both returns the two actions by name.
func (a *Actor) both() map[string]func(context.Context, string) error {
	return map[string]func(context.Context, string) error{"start": a.Start, "stop": a.Stop}
}

// acts counts what the engine was asked to change.
func acts(e *dockertest.Engine) int {
	return e.Calls(dockertest.Start) + e.Calls(dockertest.Stop) + e.Calls(dockertest.Other)
}

// state returns what the engine says of a container: "running", "exited", …
func state(e *dockertest.Engine, id string) (s string, code int) {
	e.Change(id, func(c *dockertest.Container) { s, code = c.State, c.ExitCode })
	return s, code
}

func TestAColoredContainerIsStartedAndStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(0)
		c := sample(0)
		c.State, c.Ending = "created", 3*time.Second
		e.Put(c)
		a := actOn(t, e)
		if err := a.Start(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if s, _ := state(e, c.ID); s != "running" {
			t.Errorf("after the start it is %s", s)
		}
		began := time.Now()
		if err := a.Stop(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if s, code := state(e, c.ID); s != "exited" || code != 143 || time.Since(began) != c.Ending {
			t.Errorf("after %s it is %s with code %d", time.Since(began), s, code)
		}
		if acts(e) != 2 {
			t.Errorf("%d requests for a start and a stop", acts(e))
		}
	})
}

func TestWhatIsSoAlreadySucceedsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(0)
		a := actOn(t, e)
		for n, was := range []string{"running", "exited", "created", "dead"} {
			c := sample(n)
			c.State, c.Ending = was, time.Hour
			e.Put(c)
			act, began := a.Stop, time.Now()
			if was == "running" {
				act = a.Start
			}
			if err := act(t.Context(), c.ID); err != nil {
				t.Errorf("%s: %v", was, err)
			}
			if s, _ := state(e, c.ID); s != was || time.Since(began) != 0 {
				t.Errorf("it was %s and is %s after %s", was, s, time.Since(began))
			}
		}
	})
}

func TestAContainerWithoutTheLabelIsLeftAlone(t *testing.T) {
	for name, l := range map[string]map[string]string{
		"none":            nil,
		"other bg labels": {"bg.app": "shop", "bg.color": "blue"},
		"switched off":    {"bg.enable": "false", "bg.app": "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(0)
				c := sample(0)
				c.Labels = l
				e.Put(c)
				for action, act := range actOn(t, e).both() {
					if err := act(t.Context(), c.ID); err == nil || !strings.Contains(err.Error(), "bg.enable=true") {
						t.Errorf("%s: %v", action, err)
					}
				}
				if acts(e) != 0 {
					t.Errorf("%d requests to change it", acts(e))
				}
			})
		})
	}
}

func TestOnlyAFullIDIsTaken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		full := dockertest.ID(0)
		for _, id := range []string{
			"", "shop-blue-web-0", full[:12], full[:63], full + "0", strings.ToUpper(full), strings.Repeat("g", 64),
			"../../containers/prune?x=" + full[:39], full[:62] + "/.",
		} {
			for action, act := range actOn(t, e).both() {
				if err := act(t.Context(), id); err == nil || !strings.Contains(err.Error(), "full container ID") {
					t.Errorf("%s %q: %v", action, id, err)
				}
			}
		}
		if n := e.Calls(dockertest.Ping) + e.Calls(dockertest.Inspect) + acts(e); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestAContainerThatIsNotThereIsNotFound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for action, act := range actOn(t, engine(1)).both() {
			if err := act(t.Context(), dockertest.ID(7)); !errdefs.IsNotFound(err) {
				t.Errorf("%s: %v", action, err)
			}
		}
	})
}

func TestACallThatHangsIsGivenUp(t *testing.T) {
	seconds := func(n int) *int { return &n }
	for name, tt := range map[string]struct {
		hangs  dockertest.Call
		action string
		grace  *int
		want   time.Duration
	}{
		"no answer at all":           {dockertest.Ping, "start", nil, 5 * time.Second},
		"no answer to the inspect":   {dockertest.Inspect, "stop", seconds(60), 5 * time.Second},
		"a start":                    {dockertest.Start, "start", seconds(60), 30 * time.Second},
		"a stop":                     {dockertest.Stop, "stop", nil, 35 * time.Second},
		"a stop with a short grace":  {dockertest.Stop, "stop", seconds(0), 25 * time.Second},
		"a stop with a long grace":   {dockertest.Stop, "stop", seconds(60), 85 * time.Second},
		"a stop without force":       {dockertest.Stop, "stop", seconds(-1), 10 * time.Minute},
		"a stop with an odd grace":   {dockertest.Stop, "stop", seconds(1 << 62), 10 * time.Minute},
		"a stop of eleven minutes":   {dockertest.Stop, "stop", seconds(660), 10 * time.Minute},
		"a stop of just ten minutes": {dockertest.Stop, "stop", seconds(600), 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(0)
				c := sample(0)
				c.StopTimeout = tt.grace
				e.Put(c)
				e.Break(tt.hangs, dockertest.Hang)
				began := time.Now()
				err := actOn(t, e).both()[tt.action](t.Context(), c.ID)
				if took := time.Since(began); err == nil || took != tt.want || !strings.Contains(err.Error(), "no answer in "+tt.want.String()) {
					t.Errorf("after %s: %v", took, err)
				}
			})
		})
	}
}

func TestAStopTakesTheContainersOwnGrace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(0)
		c, minute := sample(0), 60
		c.StopTimeout, c.Ending = &minute, time.Hour
		e.Put(c)
		began := time.Now()
		if err := actOn(t, e).Stop(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if _, code := state(e, c.ID); code != 137 || time.Since(began) != time.Minute {
			t.Errorf("code %d after %s", code, time.Since(began))
		}
	})
}

func TestTheEndOfTheContextEndsTheCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		e.Break(dockertest.Stop, dockertest.Hang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := actOn(t, e).Stop(ctx, dockertest.ID(0)); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

func TestAnOddAnswerIsNoSuccess(t *testing.T) {
	for _, fault := range []dockertest.Fault{
		dockertest.Error, dockertest.Empty, dockertest.Null, dockertest.Moved, dockertest.Refuse,
	} {
		for _, call := range []dockertest.Call{dockertest.Inspect, dockertest.Start, dockertest.Stop} {
			t.Run(string(fault)+" to "+string(call), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					e := engine(1)
					e.Break(call, fault)
					a := actOn(t, e)
					act := a.Start
					if call == dockertest.Stop {
						act = a.Stop
					}
					if err := act(t.Context(), dockertest.ID(0)); err == nil || errdefs.IsNotFound(err) {
						t.Errorf("the error is %v", err)
					}
				})
			})
		}
	}
}

func TestAStartThatFailsSaysWhatDockerDidNotLike(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(0)
		c := sample(0)
		c.State = "created"
		c.StartError = "OCI runtime create failed: container_linux.go:367: starting container process caused: " +
			`exec: "/nope": stat /nope: no such file or directory: unknown`
		e.Put(c)
		err := actOn(t, e).Start(t.Context(), c.ID)
		want := `start container shop-blue-web-0: exec: "/nope": stat /nope: no such file or directory`
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

func TestAnUpgradedEngineIsActedOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		a := actOn(t, e)
		if err := a.Stop(t.Context(), dockertest.ID(0)); err != nil {
			t.Fatal(err)
		}
		e.Upgrade("1.44", "1.47")
		if err := a.Start(t.Context(), dockertest.ID(0)); err != nil {
			t.Error(err)
		}
	})
}
