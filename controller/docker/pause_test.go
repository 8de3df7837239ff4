package docker

import (
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

func TestAPauseTakesOutAtOnceWithoutAnInspect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.BreakInspect(id, dockertest.Hang)
		e.SetPaused(id, true)
		if took := v.until(t, time.Second, "paused", is(id, rollout.Paused)); took != 0 {
			t.Errorf("it took %s, so it waited for something", took)
		}
		e.BreakInspect(id, "")
		v.never(t, time.Minute, "in again", not(is(id, rollout.Paused)))
		e.SetPaused(id, false)
		v.until(t, time.Second, "ready again", is(id, rollout.Ready))
	})
}

func TestAnInspectOutranksAnOldPause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := engine(1)
		id := dockertest.ID(0)
		v := watchFake(t, e, Options{})
		v.until(t, time.Second, "ready", is(id, rollout.Ready))
		e.SetPaused(id, true)
		v.until(t, time.Second, "paused", is(id, rollout.Paused))
		e.Mute(true) // the end of the pause is never told
		e.SetPaused(id, false)
		synctest.Wait()
		v.until(t, time.Minute, "ready again", is(id, rollout.Ready))
	})
}
