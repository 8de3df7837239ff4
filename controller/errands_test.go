package controller

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/api"
	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/labels"
)

// told returns what Docker was asked to do since the last call.
func (r *rig) told() []string {
	var out []string
	for {
		select {
		case a := <-r.acts:
			out = append(out, a)
		default:
			return out
		}
	}
}

func TestTheOldColorIsStoppedAfterTheSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		blue, green := web("shop", labels.Blue, 1), web("shop", labels.Green, 2)
		r.see(blue, green)
		r.settle()
		time.Sleep(5*time.Minute - 2*time.Second)
		if got := r.told(); len(got) > 0 {
			t.Fatalf("in the soak Docker was told %v", got)
		}
		time.Sleep(3 * time.Second)
		if got := r.told(); len(got) != 1 || got[0] != "stop "+blue.ID {
			t.Fatalf("Docker was told %v, want one stop of %s", got, blue.ID)
		}
		r.see(as(blue, rollout.Exited), green)
		time.Sleep(time.Hour)
		if got := r.told(); len(got) > 0 {
			t.Errorf("after the stop was seen Docker was told %v", got)
		}
		if rel := r.app("shop").Release; rel == nil || rel.Outcome != api.ReleaseDone || !rel.Live {
			t.Errorf("the release is %+v, want done and live", rel)
		}
	})
}

// Fault 26, in the loop: the state on disk is all that a restart has.
func TestTwentyRestartsDoNotShortenTheSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		blue, green := web("shop", labels.Blue, 1), web("shop", labels.Green, 2)
		r.see(blue, green)
		r.settle()
		for range 20 {
			time.Sleep(14 * time.Second)
			r.stop()
			time.Sleep(time.Hour) // nobody looks
			r.start()
			r.see(blue, green)
		}
		if got := r.told(); len(got) > 0 {
			t.Fatalf("after 280 s of soak at most Docker was told %v", got)
		}
		time.Sleep(3 * time.Minute)
		if got := r.told(); len(got) == 0 {
			t.Error("the soak never ended")
		}
	})
}

func TestTimeInWhichDockerIsNotSeenIsNoSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		blue, green := web("shop", labels.Blue, 1), web("shop", labels.Green, 2)
		r.see(blue, green)
		r.settle()
		time.Sleep(time.Minute)
		r.looks <- docker.Look{World: &rollout.World{Containers: []*rollout.Container{blue, green}}, Err: errors.New("no answer")}
		time.Sleep(time.Hour)
		if got := r.told(); len(got) > 0 {
			t.Fatalf("blind, the controller told Docker %v", got)
		}
		r.see(blue, green)
		time.Sleep(5 * time.Minute)
		if got := r.told(); len(got) == 0 {
			t.Error("the soak did not go on once Docker was seen again")
		}
	})
}

func TestAStopThatFailsIsReportedAndTriedAgainSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		failed := errors.New("stop container shop-blue-web-1: no answer in 35s")
		r.act.Store(&failed)
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		time.Sleep(6 * time.Minute)
		if got := r.problem("containers"); !strings.Contains(got, "shop-blue-web-1: no answer in 35s") {
			t.Errorf("the problem is %q", got)
		}
		if n := len(r.told()); n < 3 || n > 12 {
			t.Errorf("%d tries in about a minute, want a few", n)
		}
	})
}

func TestAReleaseIsBegunOnceAndHoldsTheApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		begin := func(digest, actor string) (api.Accepted, error) {
			return r.ctl.Command(context.Background(), "shop", api.VerbBegin, api.Command{Digest: strings.Repeat(digest, 64), Actor: actor})
		}
		first, err := begin("a", "ann")
		if err != nil || first.Release == nil || first.Release.ID != "1-aaaaaaaa" || first.Release.Color != "green" {
			t.Fatalf("begin: %+v, %v", first, err)
		}
		again, err := begin("a", "ann")
		if err != nil || again.Release.ID != first.Release.ID {
			t.Errorf("the same once more: %+v, %v", again, err)
		}
		var refusal *api.Refusal
		if _, err = begin("b", "bob"); !errors.As(err, &refusal) || !strings.Contains(refusal.Text, "begun by ann at") {
			t.Errorf("another one beside it: %v", err)
		}
		if rel := r.app("shop").Release; rel.ID != "1-aaaaaaaa" || rel.Step != api.StepPrepare || rel.By != "ann" || rel.Deadline == nil {
			t.Errorf("the status shows %+v", rel)
		}
		// A restart of the controller changes nothing about it.
		r.stop()
		r.start()
		r.see(web("shop", labels.Blue, 1))
		if again, err = begin("a", "ann"); err != nil || again.Release.ID != first.Release.ID {
			t.Errorf("after a restart: %+v, %v", again, err)
		}
	})
}

func TestANewAppCanBeReleasedBeforeItHasContainers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		r.see()
		got, err := r.ctl.Command(context.Background(), "blog", api.VerbBegin, api.Command{Digest: strings.Repeat("c", 64), Actor: "ann"})
		if err != nil || got.Release.Color != "blue" {
			t.Fatalf("begin: %+v, %v", got, err)
		}
		time.Sleep(time.Minute)
		r.see()
		if rel := r.app("blog").Release; rel == nil || rel.Outcome != "" {
			t.Errorf("the release is %+v, want it under way", rel)
		}
	})
}
