package docker

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docker/docker/api/types/events"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

func TestTwoThousandContainersInSteadyStateCostOneListEach10s(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(2000)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "all", count(2000))
		if n := e.Calls(dockertest.Inspect); n != 2000 {
			t.Errorf("%d inspects for the first look, want 2000", n)
		}
		inspects, lists := e.Calls(dockertest.Inspect), e.Calls(dockertest.List)
		v.still(time.Minute + time.Second)
		if n := e.Calls(dockertest.Inspect) - inspects; n != 0 {
			t.Errorf("%d inspects in a minute without a change", n)
		}
		if n := e.Calls(dockertest.List) - lists; n != 6 {
			t.Errorf("%d lists in a minute, want 6", n)
		}
		e.Cut()
		v.still(5 * time.Second)
		if n := e.Calls(dockertest.Inspect) - inspects; n != 0 {
			t.Errorf("%d inspects after a reconnect without a change", n)
		}
	})
}

func TestABurstOfEventsIsOneOrTwoInspects(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		before := e.Calls(dockertest.Inspect)
		e.BreakInspect(dockertest.ID(0), dockertest.Hang)
		for range 200 {
			e.Emit(dockertest.ID(0), "update", nil)
		}
		synctest.Wait()
		e.BreakInspect(dockertest.ID(0), "")
		v.still(6 * time.Second)
		if n := e.Calls(dockertest.Inspect) - before; n != 2 {
			t.Errorf("%d inspects for a burst, want 2: one when it began and one after", n)
		}
	})
}

func TestAnEventDuringAnInspectLeadsToAnotherAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		e.BreakInspect(dockertest.ID(0), dockertest.Hang)
		e.Emit(dockertest.ID(0), "update", nil)
		synctest.Wait()
		e.BreakInspect(dockertest.ID(0), "")
		e.SetHealth(dockertest.ID(0), "unhealthy", 3)
		if took := v.until(t, 6*time.Second, "unhealthy", is(dockertest.ID(0), rollout.Unhealthy)); took != DefaultCall {
			t.Errorf("seen after %s, want %s: the end of the inspect that hung", took, DefaultCall)
		}
	})
}

func TestExecEventsOfHealthChecksDoNotReachUs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		before := e.Calls(dockertest.Inspect)
		for range 100 {
			for _, action := range []string{"exec_create: /app health", "exec_start: /app health", "exec_die", "top", "attach"} {
				e.Emit(dockertest.ID(0), action, nil)
			}
		}
		v.still(5 * time.Second)
		if n := e.Calls(dockertest.Inspect) - before; n != 0 {
			t.Errorf("%d inspects", n)
		}
	})
}

func TestAListThatNeverAgreesWithInspectsIsLeftSo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		e.Change(dockertest.ID(0), func(c *dockertest.Container) { c.Missing = []string{"NetworkSettings"} })
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "offline", is(dockertest.ID(0), rollout.Offline))
		v.still(10 * time.Minute)
		if n := e.Calls(dockertest.Inspect); n != 1+maxDoubts {
			t.Errorf("%d inspects in ten minutes, want %d", n, 1+maxDoubts)
		}
		e.SetPaused(dockertest.ID(0), true)
		v.until(t, time.Second, "paused", is(dockertest.ID(0), rollout.Paused))
	})
}

func TestDroppedHintsLeadToAList(t *testing.T) {
	s := newStream()
	for range backlog + 10 {
		s.pass(events.Message{Type: "container", Action: "start", Actor: events.Actor{ID: dockertest.ID(0)}})
	}
	if len(s.hints) != backlog || len(s.lost) != 1 {
		t.Fatalf("%d hints wait and %d tokens, want %d and 1", len(s.hints), len(s.lost), backlog)
	}
	bubble(t, func(t *testing.T) {
		e := engine(1)
		o := New(Options{Host: "unix:///fake", Network: "bg"})
		o.dial = e.Dialer(t)
		s := newStream()
		s.lost <- struct{}{}
		c, err := o.client()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var calls sync.WaitGroup
		w := newWatch(o, s, func(f func() error) { calls.Go(func() { _ = f() }) })
		w.conn, w.listNext = c, time.Now().Add(time.Hour)
		calls.Go(func() { _ = w.run(ctx) })
		synctest.Wait()
		if n := e.Calls(dockertest.List); n != 1 {
			t.Errorf("%d lists, want 1", n)
		}
		cancel()
		calls.Wait()
		c.close()
	})
}
