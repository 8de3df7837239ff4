package docker

import (
	"strings"
	"testing"
	"time"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
	"bg/labels"
)

func TestConditionsFollowTheState(t *testing.T) {
	worker := map[string]string{"bg.enable": "true", "bg.app": "shop", "bg.color": "blue"}
	for name, tt := range map[string]struct {
		alter  func(*dockertest.Container)
		want   rollout.Condition
		detail string
		addr   string
	}{
		"healthy":             {func(c *dockertest.Container) {}, rollout.Ready, "", "10.0.0.2"},
		"starting":            {func(c *dockertest.Container) { c.Health = "starting" }, rollout.Starting, "not passed yet", "10.0.0.2"},
		"unhealthy":           {func(c *dockertest.Container) { c.Health, c.Failing = "unhealthy", 3 }, rollout.Unhealthy, "health check failing 3 times in a row", "10.0.0.2"},
		"no health check":     {func(c *dockertest.Container) { c.Health = "" }, rollout.Unchecked, "no health check", "10.0.0.2"},
		"health check off":    {func(c *dockertest.Container) { c.Health = "none" }, rollout.Unchecked, "no health check", "10.0.0.2"},
		"paused":              {func(c *dockertest.Container) { c.State = "paused" }, rollout.Paused, "paused", "10.0.0.2"},
		"created":             {func(c *dockertest.Container) { c.State, c.Started = "created", time.Time{} }, rollout.Created, "not started", ""},
		"restarting":          {func(c *dockertest.Container) { c.State, c.ExitCode = "restarting", 2 }, rollout.Restarting, "after exit code 2", ""},
		"exited":              {func(c *dockertest.Container) { c.State, c.ExitCode = "exited", 3 }, rollout.Exited, "exit code 3", ""},
		"out of memory":       {func(c *dockertest.Container) { c.State, c.ExitCode, c.OOM = "exited", 137, true }, rollout.Exited, "exit code 137, out of memory", ""},
		"removing":            {func(c *dockertest.Container) { c.State = "removing" }, rollout.Exited, "being removed", ""},
		"dead":                {func(c *dockertest.Container) { c.State = "dead" }, rollout.Exited, "dead", ""},
		"off the network":     {func(c *dockertest.Container) { delete(c.Networks, "bg") }, rollout.Offline, `not on network "bg"`, ""},
		"off and unhealthy":   {func(c *dockertest.Container) { delete(c.Networks, "bg"); c.Health = "unhealthy" }, rollout.Unhealthy, "fails", ""},
		"without an address":  {func(c *dockertest.Container) { c.Networks["bg"] = "" }, rollout.Offline, `no address on network "bg"`, ""},
		"no address at all":   {func(c *dockertest.Container) { c.Networks["bg"] = "bg{{" }, rollout.Offline, `no address on network "bg"`, ""},
		"a loopback address":  {func(c *dockertest.Container) { c.Networks["bg"] = "127.0.0.1" }, rollout.Offline, `no address on network "bg"`, ""},
		"another network":     {func(c *dockertest.Container) { c.Labels["traefik.docker.network"] = "other" }, rollout.Ready, "", "10.9.0.2"},
		"another, missing":    {func(c *dockertest.Container) { c.Labels["traefik.docker.network"] = "none" }, rollout.Offline, `not on network "none"`, ""},
		"IPv6":                {func(c *dockertest.Container) { c.Networks["bg"] = "fd00::2" }, rollout.Ready, "", "fd00::2"},
		"a worker off it":     {func(c *dockertest.Container) { c.Labels, c.Networks = worker, nil; c.Ports = nil }, rollout.Ready, "", ""},
		"no network settings": {func(c *dockertest.Container) { c.Missing = []string{"NetworkSettings"} }, rollout.Offline, `not on network "bg"`, ""},
		"no state":            {func(c *dockertest.Container) { c.Missing = []string{"State"} }, rollout.Unknown, "does not answer", ""},
		"no config":           {func(c *dockertest.Container) { c.Missing = []string{"Config"} }, rollout.Unknown, "does not answer", ""},
		"a state unheard of":  {func(c *dockertest.Container) { c.State = "dancing" }, rollout.Unknown, "does not answer", ""},
		"a health unheard of": {func(c *dockertest.Container) { c.Health = "fine" }, rollout.Unknown, "does not answer", ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(1)
				e.Change(dockertest.ID(0), tt.alter)
				v := watchFake(t, e, Options{})
				v.until(t, time.Second, "a world", count(1))
				c := v.last.get(dockertest.ID(0))
				if c.Condition != tt.want || !strings.Contains(c.Detail, tt.detail) || c.Address != tt.addr || c.Invalid != "" {
					t.Errorf("%+v", c)
				}
				if (c.Condition == rollout.Ready) != (c.Detail == "") {
					t.Errorf("condition %s with detail %q", c.Condition, c.Detail)
				}
				if ran := c.Condition != rollout.Created && c.Condition != rollout.Unknown; c.Ran != ran {
					t.Errorf("condition %s with Ran %t", c.Condition, c.Ran)
				}
				if strings.Contains(show(v.last), "hunter2") {
					t.Error("a secret is shown")
				}
				v.still(time.Minute)
			})
		})
	}
}

func TestTheExitCodeIsThatOfTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(0)
		hook := sample(0)
		hook.State, hook.Networks = "created", nil
		e.Put(hook)
		v := watchFake(t, e, Options{})
		coded := func(want rollout.Condition, ran bool, code int) func(Look) bool {
			return func(l Look) bool {
				c := l.get(hook.ID)
				return c != nil && c.Condition == want && c.Ran == ran && c.Code == code
			}
		}
		v.until(t, time.Second, "never started", coded(rollout.Created, false, 0))
		e.Start(hook.ID, sample(0).Networks)
		v.until(t, time.Second, "started", coded(rollout.Starting, true, 0))
		e.BreakInspect(hook.ID, dockertest.Hang)
		e.Exit(hook.ID, 3, false)
		v.until(t, time.Second, "ended, by its event", coded(rollout.Exited, true, 3))
		e.BreakInspect(hook.ID, "")
		v.never(t, time.Minute, "another exit code", not(coded(rollout.Exited, true, 3)))
		e.Start(hook.ID, sample(0).Networks)
		v.until(t, time.Second, "started again", coded(rollout.Starting, true, 0))
		e.Exit(hook.ID, 0, false)
		v.until(t, time.Second, "ended well", coded(rollout.Exited, true, 0))
	})
}

func TestAnEndToldWithoutAnExitCodeIsNoSuccess(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.BreakInspect(id, dockertest.Hang)
		e.Emit(id, "die", nil)
		v.until(t, time.Second, "exited", is(id, rollout.Exited))
		if c := v.last.get(id); c.Code == 0 {
			t.Errorf("%+v", c)
		}
		e.BreakInspect(id, "")
	})
}

func TestAnOOMEventCountsWhereTheInspectForgotIt(t *testing.T) {
	for name, tt := range map[string]struct {
		code  int
		again bool
		want  string
	}{
		"killed":              {137, false, "exit code 137, out of memory"},
		"ended otherwise":     {1, false, "exit code 1"},
		"killed in next life": {137, true, "exit code 137"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(1)
				id := dockertest.ID(0)
				v := watchFake(t, e, Options{})
				v.until(t, time.Second, "ready", is(id, rollout.Ready))
				if tt.again {
					e.Emit(id, "oom", nil)
					e.Start(id, sample(0).Networks)
					v.until(t, time.Second, "starting", is(id, rollout.Starting))
				}
				e.Exit(id, tt.code, false)
				if !tt.again {
					v.until(t, time.Second, "exited", is(id, rollout.Exited))
					e.Replay(oomBefore(e, id)) // the event came late
				}
				v.until(t, time.Second, tt.want, func(l Look) bool { return l.get(id).Detail == tt.want })
				v.never(t, time.Minute, "another detail", func(l Look) bool { return l.get(id).Detail != tt.want })
			})
		})
	}
}

// oomBefore makes the oom event that belongs before the last event told.
func oomBefore(e *dockertest.Engine, id string) dockertest.Event {
	told := e.Told()
	ev := told[len(told)-1]
	return dockertest.Event{
		Type: "container", Action: "oom", Actor: dockertest.Actor{ID: id, Attributes: sample(0).Labels},
		Time: ev.Time, TimeNano: ev.TimeNano - 1,
	}
}

func TestBadLabelsAreInvalidBesideAHealthyApp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(2)
		e.Change(dockertest.ID(1), func(c *dockertest.Container) {
			l := map[string]string{"bg.soak": "soon", "bg.x]": "1"}
			for k, v := range c.Labels {
				l[k] = v
			}
			c.Labels = l
		})
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "two", count(2))
		bad := v.last.get(dockertest.ID(1))
		if !strings.Contains(bad.Invalid, "bg.soak") || bad.Spec.App != "shop" || bad.Spec.Color != labels.Blue {
			t.Errorf("%+v %+v", bad, bad.Spec)
		}
		if good := v.last.get(dockertest.ID(0)); good.Invalid != "" || good.Condition != rollout.Ready {
			t.Errorf("%+v", good)
		}
	})
}

func TestAContainerThatDoesNotAskForBgIsNotSeen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		c := sample(1)
		c.Labels = map[string]string{"bg.enable": "false"}
		e.Put(c)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		e.Emit(c.ID, "start", nil)
		v.never(t, time.Minute, "the other one", not(count(1)))
	})
}

func TestARenameIsSeen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		e.Change(dockertest.ID(0), func(c *dockertest.Container) { c.Name = "other" })
		v.until(t, 11*time.Second, "the name", func(l Look) bool { return l.get(dockertest.ID(0)).Name == "other" })
	})
}
