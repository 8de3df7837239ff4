package docker

import (
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
	"bg/labels"
)

func TestAStopSignalTakesOutAtOnceWithoutAnInspect(t *testing.T) {
	for name, signal := range map[string]int{"TERM": sigTERM, "KILL": sigKILL, "INT": sigINT, "QUIT": sigQUIT, "its own, WINCH": 28} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(0)
				c := sample(0)
				c.StopSignal = "SIGWINCH"
				e.Put(c)
				v := watchFake(t, e, Options{})
				v.until(t, time.Second, "ready", is(c.ID, rollout.Ready))
				e.BreakInspect(c.ID, dockertest.Hang)
				e.Signal(c.ID, signal)
				if took := v.until(t, time.Second, "stopping", is(c.ID, rollout.Stopping)); took != 0 {
					t.Errorf("it took %s, so it waited for something", took)
				}
				e.BreakInspect(c.ID, "")
				v.never(t, time.Minute, "in again while it still runs", not(is(c.ID, rollout.Stopping)))
				e.Exit(c.ID, 143, false)
				v.until(t, time.Second, "exited", is(c.ID, rollout.Exited))
				e.Start(c.ID, map[string]string{"bg": "10.0.0.77"})
				e.SetHealth(c.ID, "healthy", 0)
				v.until(t, time.Second, "the next incarnation", func(l Look) bool {
					return is(c.ID, rollout.Ready)(l) && l.get(c.ID).Address == "10.0.0.77"
				})
			})
		})
	}
}

func TestASignalThatOnlyNotifiesChangesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(dockertest.ID(0), rollout.Ready))
		for _, signal := range []int{0, 1, 10, 12, 28, 99} { // none, HUP, USR1, USR2, WINCH, none
			e.Signal(dockertest.ID(0), signal)
		}
		if n := v.still(time.Minute); n != 0 {
			t.Errorf("%d looks, the last is %s", n, show(v.last))
		}
	})
}

func TestAnOldStopSignalDoesNotWithdrawAFreshIncarnation(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.Signal(id, sigTERM)
		e.SetPaused(id, true)
		e.Exit(id, 0, false)
		old := e.Told()
		v.until(t, time.Second, "exited", is(id, rollout.Exited))
		e.Start(id, sample(0).Networks)
		e.SetHealth(id, "healthy", 0)
		v.until(t, time.Second, "ready again", is(id, rollout.Ready))
		for range 3 {
			for _, ev := range old {
				e.Replay(ev)
			}
		}
		v.never(t, time.Minute, "withdrawn", not(is(id, rollout.Ready)))
	})
}

func TestASignalToAnIncarnationNotSeenYetCounts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.Hold()
		e.Exit(id, 0, false)
		e.Start(id, sample(0).Networks)
		e.Change(id, func(c *dockertest.Container) { c.Health = "healthy" })
		e.Signal(id, sigTERM)
		e.Release(nil)
		v.until(t, time.Second, "stopping", is(id, rollout.Stopping))
		v.never(t, time.Minute, "in again", not(is(id, rollout.Stopping)))
	})
}

func TestASignalBeforeTheFirstInspectCounts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		e.Signal(dockertest.ID(0), sigTERM) // the subscription asks for the last minute
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "stopping", is(dockertest.ID(0), rollout.Stopping))
	})
}

func TestAClockSetBackDoesNotKeepTheNextIncarnationOut(t *testing.T) {
	r := &record{id: dockertest.ID(0)}
	start := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	running := func(started time.Time) *fact {
		return &fact{face: face{state: "running", health: "healthy"}, asked: &asked{}, started: started, ownStop: sigTERM}
	}
	r.learn(running(start))
	r.heed(hint{action: "kill", signal: sigTERM, at: start.Add(3 * time.Hour)})
	r.heed(hint{action: "die", at: start.Add(3*time.Hour + time.Second)})
	if !r.stopping() {
		t.Fatal("not stopping although it still seems to run")
	}
	r.learn(running(start.Add(2 * time.Hour))) // the clock went back by more than an hour
	if r.stopping() {
		t.Error("the signal counts for the next incarnation")
	}
}

func TestEventsOfAStrangerLeadToNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		stranger := sample(9)
		stranger.Labels = map[string]string{"bg.app": "shop"}
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		before := e.Calls(dockertest.Inspect)
		e.Run(stranger)
		e.Signal(stranger.ID, sigTERM)
		e.EmitNetwork("../../etc", "bg", "connect")
		e.Exit(stranger.ID, 1, false)
		e.Remove(stranger.ID)
		synctest.Wait()
		if n := e.Calls(dockertest.Inspect) - before; n != 0 {
			t.Errorf("%d inspects", n)
		}
	})
}

func TestAnEndTakesOutAtOnceWithoutAnInspect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.BreakInspect(id, dockertest.Hang)
		e.Exit(id, 7, false)
		took := v.until(t, time.Second, "exited", func(l Look) bool {
			c := l.get(id)
			return c.Condition == rollout.Exited && c.Detail == "exit code 7" && c.Address == ""
		})
		if took != 0 {
			t.Errorf("it took %s, so it waited for something", took)
		}
		e.BreakInspect(id, "")
		v.never(t, time.Minute, "in again", not(is(id, rollout.Exited)))
		e.Start(id, map[string]string{"bg": "10.0.0.77"})
		e.SetHealth(id, "healthy", 0)
		v.until(t, time.Second, "the next incarnation", is(id, rollout.Ready))
	})
}

func TestAnEndBeforeAClockSetBackDoesNotKeepTheNextIncarnationOut(t *testing.T) {
	r := record{id: dockertest.ID(0)}
	seen := func(state string, at time.Time) *fact {
		return &fact{face: face{state: state}, started: at, asked: &asked{spec: &labels.Spec{}}}
	}
	now := time.Unix(1_000_000, 0)
	r.learn(seen("running", now))
	r.heed(hint{action: "die", at: now.Add(time.Hour), code: 1})
	if !r.dead() {
		t.Fatal("not dead although its end was told")
	}
	r.learn(seen("running", now)) // the answer was on its way
	if !r.dead() {
		t.Fatal("an inspect from before the end brought it back")
	}
	r.learn(seen("running", now.Add(time.Minute)))
	if r.dead() {
		t.Error("the next incarnation counts as dead")
	}
}
