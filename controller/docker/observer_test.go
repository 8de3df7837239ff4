package docker

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
	"bg/labels"
)

func TestTheFirstWorldIsWhole(t *testing.T) {
	bubble(t, func(t *testing.T) {
		v := watchFake(t, engine(100), Options{})
		v.until(t, time.Second, "a world", func(l Look) bool { return l.World != nil })
		if len(v.last.World.Containers) != 100 || v.last.Err != nil {
			t.Fatalf("the first look is %s", show(v.last))
		}
		if !slices.IsSortedFunc(v.last.World.Containers, func(a, b *rollout.Container) int { return strings.Compare(a.ID, b.ID) }) {
			t.Error("the containers are not sorted by ID")
		}
		c := v.last.get(dockertest.ID(7))
		if c.Condition != rollout.Ready || c.Address != "10.0.0.9" || c.Name != "shop-blue-web-7" || c.Detail != "" || c.Invalid != "" {
			t.Errorf("container 7 is %+v", c)
		}
		if c.Spec == nil || c.Spec.App != "shop" || c.Spec.Color != labels.Blue || c.Spec.Service != "web" || c.Spec.Port != 8080 {
			t.Errorf("its spec is %+v", c.Spec)
		}
		if n := v.still(time.Minute); n != 0 {
			t.Errorf("%d looks in a minute without a change", n)
		}
	})
}

func TestAnEngineWithoutContainersGivesAnEmptyWorld(t *testing.T) {
	bubble(t, func(t *testing.T) {
		v := watchFake(t, engine(0), Options{})
		v.until(t, time.Second, "an empty world", count(0))
	})
}

func TestOnlyTheChangedContainerGetsANewPointer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(3)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "three", count(3))
		before := v.last
		spec := before.get(dockertest.ID(1)).Spec
		e.SetHealth(dockertest.ID(1), "unhealthy", 3)
		v.until(t, time.Second, "unhealthy", is(dockertest.ID(1), rollout.Unhealthy))
		for _, n := range []int{0, 2} {
			if before.get(dockertest.ID(n)) != v.last.get(dockertest.ID(n)) {
				t.Errorf("container %d has another pointer", n)
			}
		}
		if v.last.get(dockertest.ID(1)).Spec != spec {
			t.Error("the labels were decoded anew although they are the same")
		}
		if before.get(dockertest.ID(1)).Condition != rollout.Ready {
			t.Error("a container handed out before was changed")
		}
	})
}

func TestEveryChangeIsSeenByItsEvent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id, fresh := dockertest.ID(0), sample(1)
		fresh.State, fresh.Networks = "created", nil
		v := watchFake(t, e, Options{Relist: time.Hour})
		v.until(t, time.Second, "one", count(1))
		for _, step := range []struct {
			what string
			act  func()
			want func(Look) bool
		}{
			{"disconnect", func() { e.Connect(id, "bg", "") }, is(id, rollout.Offline)},
			{"connect", func() { e.Connect(id, "bg", "10.0.0.50") }, func(l Look) bool { return l.get(id).Address == "10.0.0.50" }},
			{"pause", func() { e.SetPaused(id, true) }, is(id, rollout.Paused)},
			{"unpause", func() { e.SetPaused(id, false) }, is(id, rollout.Ready)},
			{"unhealthy", func() { e.SetHealth(id, "unhealthy", 3) }, is(id, rollout.Unhealthy)},
			{"off all networks", func() { e.Connect(id, "bg", ""); e.Connect(id, "other", "") }, is(id, rollout.Unhealthy)},
			{"die", func() { e.Exit(id, 1, false) }, is(id, rollout.Exited)},
			{"start", func() { e.Start(id, nil) }, is(id, rollout.Offline)},
			{"die again", func() { e.Exit(id, 1, false) }, is(id, rollout.Exited)},
			{"start on networks", func() { e.Start(id, sample(0).Networks) }, is(id, rollout.Starting)},
			{"healthy", func() { e.SetHealth(id, "healthy", 0) }, is(id, rollout.Ready)},
			{"create", func() { e.Put(fresh); e.Emit(fresh.ID, "create", nil) }, is(fresh.ID, rollout.Created)},
			{"run", func() { e.Run(sample(2)) }, is(dockertest.ID(2), rollout.Ready)},
			{"destroy", func() { e.Remove(id) }, gone(id)},
		} {
			synctest.Wait() // nothing under way that would see it by chance
			step.act()
			if took := v.until(t, time.Second, step.what, step.want); took != 0 {
				t.Errorf("%s took %s, so something waited", step.what, took)
			}
		}
	})
}

func TestASlowReaderGetsTheNewestLookAndDelaysNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		o := New(Options{Host: "unix:///fake", Network: "bg"})
		o.dial = e.Dialer(t)
		ctx, cancel := context.WithCancel(t.Context())
		block, looks, done := make(chan struct{}), make(chan Look, 100), make(chan struct{})
		go func() {
			defer close(done)
			_ = o.Run(ctx, func(l Look) { looks <- l; <-block })
		}()
		<-looks
		for i := range 400 {
			e.SetHealth(dockertest.ID(0), []string{"unhealthy", "healthy"}[i%2], 1)
			synctest.Wait()
		}
		e.SetPaused(dockertest.ID(0), true)
		synctest.Wait()
		if n := e.Calls(dockertest.Inspect); n < 400 {
			t.Errorf("%d inspects of 401 while the reader was busy", n)
		}
		block <- struct{}{}
		if l := <-looks; !is(dockertest.ID(0), rollout.Paused)(l) {
			t.Errorf("the next look is %s", show(l))
		}
		cancel()
		close(block)
		<-done
	})
}

func TestAHostThatMakesNoSenseIsAnErrorAtOnce(t *testing.T) {
	err := New(Options{Host: "nonsense"}).Run(t.Context(), func(Look) { t.Error("a look") })
	if err == nil || !strings.Contains(err.Error(), `"nonsense"`) {
		t.Fatalf("the error is %v", err)
	}
}

func TestAnEngineThatIsNotThereIsReportedUntilItIs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		for _, c := range []dockertest.Call{dockertest.Ping, dockertest.List, dockertest.Events} {
			e.Break(c, dockertest.Refuse)
		}
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "an error", failed)
		v.never(t, time.Minute, "a world of an engine that never answered", func(l Look) bool { return l.World != nil || l.Err == nil })
		for _, c := range []dockertest.Call{dockertest.Ping, dockertest.List, dockertest.Events} {
			e.Break(c, "")
		}
		v.until(t, 5*time.Second, "a world", func(l Look) bool { return count(1)(l) && l.Err == nil })
	})
}
