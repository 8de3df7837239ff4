package controller

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/api"
	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// twoColors starts a controller with blue active and green waiting.
func twoColors(t *testing.T) *rig {
	r := onBlue(t)
	r.see(web("shop", labels.Blue, 1), manual(web("shop", labels.Green, 2)))
	r.settle()
	r.wantActive("shop", "blue")
	return r
}

func (r *rig) command(verb string, c api.Command) (api.Accepted, error) {
	return r.ctl.Command(context.Background(), "shop", verb, c)
}

func TestACanaryIsAcceptedAndThenConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		ten := 10
		got, err := r.command("canary", api.Command{Percent: &ten, Actor: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := r.ctl.Wait(context.Background(), "shop", got.Generation)
		if err != nil || outcome.Outcome != api.Confirmed {
			t.Errorf("Wait = %+v, %v; want confirmed", outcome, err)
		}
		if app := r.app("shop"); app.Phase != api.PhaseCanary || app.Colors[1].Weight != 10 {
			t.Errorf("shop = %+v, want a canary of 10", app)
		}
		events, err := r.ctl.History(context.Background(), "shop", 100)
		if err != nil || len(events) == 0 {
			t.Fatalf("History = %v, %v", events, err)
		}
		if e := events[len(events)-1]; e.Actor != "ada" || e.Green != 10 || e.Blue != 90 {
			t.Errorf("newest event = %+v, want ada's canary of 10", e)
		}
	})
}

func TestARefusedCommandSaysWhyAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		generation := r.generation()
		_, err := r.ctl.Command(context.Background(), "shop", "rollback", api.Command{})
		if err != nil {
			t.Fatal(err) // holds the candidate back: no route changes
		}
		_, err = r.command("promote", api.Command{})
		var refusal *api.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Text, "--force") {
			t.Errorf("promote of a color that was held back = %v, want a refusal that names --force", err)
		}
		if r.generation() != generation {
			t.Error("a refused command changed the routing")
		}
	})
}

func TestACommandForAnUnknownAppNamesTheKnownOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		_, err := r.ctl.Command(context.Background(), "shoop", "promote", api.Command{})
		var refusal *api.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Text, "shop") {
			t.Errorf("promote shoop = %v, want a refusal that names shop", err)
		}
	})
}

func TestAPromotionThatFallsWhileItIsWaitedForEndsAsDemoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		var refusal error = &traefik.NotLive{Reason: "404 at the marker"}
		r.refuse.Store(&refusal)
		got, err := r.command("promote", api.Command{})
		if err != nil {
			t.Fatal(err)
		}
		outcomes := make(chan api.Outcome, 1)
		go func() {
			o, err := r.ctl.Wait(context.Background(), "shop", got.Generation)
			if err != nil {
				t.Error(err)
			}
			outcomes <- o
		}()
		synctest.Wait()
		r.see(web("shop", labels.Blue, 1), as(manual(web("shop", labels.Green, 2)), rollout.Exited))
		o := <-outcomes
		if o.Outcome != api.Undone || !strings.Contains(o.Text, "shop-green-web-2 is exited") {
			t.Errorf("Wait = %+v, want demoted with the container's name", o)
		}
	})
}

func TestAWaitThatEndsFirstSaysWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		var down error = &traefik.Unreachable{URL: "http://traefik:8080", Err: errors.New("connection refused")}
		r.refuse.Store(&down)
		got, err := r.command("promote", api.Command{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		o, err := r.ctl.Wait(ctx, "shop", got.Generation)
		if err != nil || o.Outcome != api.Pending || !strings.Contains(o.Text, "not confirmed") {
			t.Errorf("Wait = %+v, %v; want pending with the reason", o, err)
		}
	})
}

func TestAStatusCallWaitsForTheNextChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		now := r.status()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		seen := make(chan api.Status, 1)
		go func() {
			s, err := r.ctl.Status(ctx, now.Revision)
			if err != nil {
				t.Error(err)
			}
			seen <- s
		}()
		synctest.Wait()
		if len(seen) > 0 {
			t.Fatal("Status did not wait")
		}
		r.see(web("shop", labels.Blue, 1))
		if s := <-seen; s.Revision <= now.Revision {
			t.Errorf("revision = %d, want above %d", s.Revision, now.Revision)
		}
	})
}
