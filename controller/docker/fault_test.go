package docker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

func TestFault1StreamCutConvergesWithin5s(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(3)
		v := watchFake(t, e, Options{Relist: time.Hour})
		v.until(t, time.Second, "three", count(3))
		for round := range 5 {
			e.Cut()
			synctest.Wait()
			e.Mute(true) // what happens in between is not told later
			state := []string{"unhealthy", "healthy"}[round%2]
			e.SetHealth(dockertest.ID(1), state, 1)
			e.Mute(false)
			want := map[string]rollout.Condition{"unhealthy": rollout.Unhealthy, "healthy": rollout.Ready}[state]
			took := v.until(t, 5*time.Second, "the change", is(dockertest.ID(1), want))
			t.Logf("cut %d: converged in %s", round+1, took)
		}
		v.never(t, 10*time.Second, "a container lost", not(count(3)))
	})
}

func TestAStopSignalSentWhileTheStreamWasCutIsHeeded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		e.Cut()
		synctest.Wait()
		e.Signal(dockertest.ID(0), sigTERM)
		v.until(t, 5*time.Second, "stopping", is(dockertest.ID(0), rollout.Stopping))
	})
}

func TestFault2SilentStreamConvergesWithin15s(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(3)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "three", count(3))
		e.Mute(true)
		e.SetHealth(dockertest.ID(0), "unhealthy", 1)
		e.Exit(dockertest.ID(1), 137, true)
		e.Remove(dockertest.ID(2))
		e.Run(sample(3))
		took := v.until(t, 15*time.Second, "all four changes", func(l Look) bool {
			return is(dockertest.ID(0), rollout.Unhealthy)(l) && is(dockertest.ID(1), rollout.Exited)(l) &&
				gone(dockertest.ID(2))(l) && is(dockertest.ID(3), rollout.Ready)(l)
		})
		t.Logf("converged in %s", took)
	})
}

// mangled applies random changes whose events are dropped, doubled and
// reordered, and compares the end with what a fresh observer sees.
func mangled(t *testing.T, seed uint64, changes int) {
	rng := rand.New(rand.NewPCG(seed, 0))
	e := engine(6)
	v := watchFake(t, e, Options{})
	v.until(t, time.Second, "six", count(6))
	e.Hold()
	for range changes {
		id := dockertest.ID(rng.IntN(6))
		switch rng.IntN(6) {
		case 0:
			e.SetHealth(id, []string{"healthy", "unhealthy", "starting"}[rng.IntN(3)], 1)
		case 1:
			e.SetPaused(id, rng.IntN(2) == 0)
		case 2:
			e.Exit(id, rng.IntN(3), false)
		case 3:
			e.Start(id, map[string]string{"bg": fmt.Sprintf("10.0.9.%d", rng.IntN(250)+1)})
		case 4:
			e.Connect(id, "bg", "")
		case 5:
			e.Connect(id, "bg", fmt.Sprintf("10.0.8.%d", rng.IntN(250)+1))
		}
		if rng.IntN(10) == 0 {
			e.Release(func(held []dockertest.Event) []dockertest.Event {
				held = append(held, held...)
				rng.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
				return held[:rng.IntN(len(held)+1)]
			})
			e.Hold()
		}
	}
	e.Release(func([]dockertest.Event) []dockertest.Event { return nil })
	v.still(DefaultRelist + time.Second)

	fresh := watchFake(t, e, Options{})
	fresh.until(t, time.Second, "a world", func(l Look) bool { return l.World != nil })
	if d := cmp.Diff(fresh.last.World, v.last.World); d != "" {
		t.Errorf("seed %d: the end differs from a fresh look (-fresh +watched):\n%s", seed, d)
	}
}

func TestFault3EventsDroppedDoubledReorderedSameEnd(t *testing.T) {
	for seed := range uint64(8) {
		bubble(t, func(t *testing.T) { mangled(t, seed, 60) })
	}
}

func TestFault4MoreThan256EventsMissedSameEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(300)
		v := watchFake(t, e, Options{Relist: time.Hour})
		v.until(t, time.Second, "all", count(300))
		e.Cut()
		synctest.Wait()
		for i := range 300 {
			e.SetHealth(dockertest.ID(i), "unhealthy", 1)
			e.SetPaused(dockertest.ID(i), true)
		}
		v.until(t, 5*time.Second, "all paused", func(l Look) bool {
			return !slices.ContainsFunc(l.World.Containers, func(c *rollout.Container) bool { return c.Condition != rollout.Paused })
		})
	})
}

func TestFault7HungListHoldsTheWorld(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(2)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "two", count(2))
		world := v.last.World
		e.Break(dockertest.List, dockertest.Hang)
		v.until(t, 16*time.Second, "an error", failed)
		if v.last.World != world {
			t.Error("the world is another one although nothing was learned")
		}
		e.SetHealth(dockertest.ID(1), "unhealthy", 1) // events and inspects still work
		v.until(t, time.Second, "unhealthy", is(dockertest.ID(1), rollout.Unhealthy))
		v.never(t, time.Minute, "a container lost", not(count(2)))
		e.Break(dockertest.List, "")
		v.until(t, 7*time.Second, "no error", not(failed))
	})
}

func TestFault7HungInspectDelaysNobodyElse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(40)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "all", count(40))
		for i := range 20 { // more than there are slots
			e.BreakInspect(dockertest.ID(i), dockertest.Hang)
			e.SetHealth(dockertest.ID(i), "unhealthy", 1)
		}
		e.SetHealth(dockertest.ID(30), "unhealthy", 1)
		took := v.until(t, time.Second, "the other one", is(dockertest.ID(30), rollout.Unhealthy))
		t.Logf("behind 20 hung inspects: %s", took)
		v.never(t, 20*time.Second, "a hung one not held", not(is(dockertest.ID(3), rollout.Ready)))
		for i := range 20 {
			e.BreakInspect(dockertest.ID(i), "")
		}
		v.until(t, 16*time.Second, "retried", is(dockertest.ID(3), rollout.Unhealthy))
	})
}

func TestFault7ContainersHungFromTheStartAreUnknown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(100)
		for i := range 90 {
			e.BreakInspect(dockertest.ID(i), dockertest.Hang)
		}
		v := watchFake(t, e, Options{})
		took := v.until(t, 6*time.Second, "a world", func(l Look) bool { return l.World != nil })
		t.Logf("90 of 100 hang: first world after %s", took)
		c := v.last.get(dockertest.ID(5))
		if len(v.last.World.Containers) != 100 || c.Condition != rollout.Unknown || c.Invalid != "" || c.Spec.App != "shop" || c.Address != "" {
			t.Fatalf("the first look is %s", show(v.last))
		}
		for i := range 90 {
			e.BreakInspect(dockertest.ID(i), "")
		}
		v.until(t, 20*time.Second, "all ready", func(l Look) bool {
			return !slices.ContainsFunc(l.World.Containers, func(c *rollout.Container) bool { return c.Condition != rollout.Ready })
		})
	})
}

func TestFault7HungSubscriptionIsReportedAndListsGoOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(2)
		e.Break(dockertest.Events, dockertest.Hang)
		v := watchFake(t, e, Options{})
		v.until(t, 6*time.Second, "a world and an error", func(l Look) bool { return failed(l) && count(2)(l) })
		e.SetHealth(dockertest.ID(0), "unhealthy", 1)
		v.until(t, 15*time.Second, "the change", is(dockertest.ID(0), rollout.Unhealthy))
		e.Break(dockertest.Events, "")
		v.until(t, 15*time.Second, "no error", not(failed))
	})
}

func TestFault8BadAnswersHoldTheWorld(t *testing.T) {
	for _, f := range []dockertest.Fault{
		dockertest.Error, dockertest.Empty, dockertest.Partial, dockertest.Null,
		dockertest.NoContent, dockertest.Moved, dockertest.Refuse,
	} {
		t.Run(string(f)+" list", func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(2)
				v := watchFake(t, e, Options{})
				v.until(t, time.Second, "two", count(2))
				world := v.last.World
				e.Break(dockertest.List, f)
				v.until(t, 12*time.Second, "an error", failed)
				t.Log(v.last.Err)
				v.never(t, time.Minute, "another world", func(l Look) bool { return l.World != world || l.Err == nil })
				e.Break(dockertest.List, "")
				v.until(t, 2*time.Second, "no error", not(failed))
			})
		})
		t.Run(string(f)+" inspect", func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := engine(2)
				v := watchFake(t, e, Options{Relist: time.Hour})
				v.until(t, time.Second, "two", count(2))
				e.BreakInspect(dockertest.ID(0), f)
				e.SetHealth(dockertest.ID(0), "unhealthy", 1)
				v.never(t, time.Minute, "not held", func(l Look) bool { return !is(dockertest.ID(0), rollout.Ready)(l) || l.Err != nil })
				e.BreakInspect(dockertest.ID(0), "")
				v.until(t, 11*time.Second, "the change", is(dockertest.ID(0), rollout.Unhealthy))
			})
		})
	}
}

func TestAnUpgradedEngineIsSpokenToInItsOwnVersion(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "one", count(1))
		e.Upgrade("1.44", "1.48")
		e.Cut()
		synctest.Wait()
		e.SetHealth(dockertest.ID(0), "unhealthy", 1)
		v.until(t, 5*time.Second, "the change", func(l Look) bool { return is(dockertest.ID(0), rollout.Unhealthy)(l) && l.Err == nil })
	})
}
