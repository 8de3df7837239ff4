package controller

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/api"
	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/controller/store"
	"bg/controller/traefik"
	"bg/labels"
)

// An upgrade is a stop and a start of another version with the same state,
// here at the worst moments: in a canary, and in a soak with the standby up.
func TestTheNextVersionTakesOverWithoutAChangedRoute(t *testing.T) {
	for name, at := range map[string]func(*testing.T, *rig){
		"in a canary": func(t *testing.T, r *rig) {
			ten := 10
			if _, err := r.command(api.VerbCanary, api.Command{Percent: &ten, Actor: "ada"}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		},
		"in a soak": func(t *testing.T, r *rig) {
			if _, err := r.command(api.VerbPromote, api.Command{Actor: "ada"}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := twoColors(t)
				at(t, r)
				path := filepath.Join(r.dir, "bg.yml")
				file, generation, before := inode(t, path), r.generation(), r.app("shop")
				r.stop()
				state := stamp(t, r.path)
				r.start()
				if got := stamp(t, r.path); got != state {
					t.Error("the start wrote the state")
				}
				r.see(web("shop", labels.Blue, 1), manual(web("shop", labels.Green, 2)))
				r.settle()
				if inode(t, path) != file || r.generation() != generation {
					t.Errorf("the routing was written (generation %d, was %d)", r.generation(), generation)
				}
				after := r.app("shop")
				if after.Active != before.Active || after.Phase != before.Phase || !after.Live ||
					after.Colors[0].Weight != before.Colors[0].Weight || after.Colors[1].Weight != before.Colors[1].Weight {
					t.Errorf("before %+v, after %+v", before, after)
				}
				if events, err := r.store.History("shop", 0); err != nil || events[0].Actor != "ada" {
					t.Errorf("the newest event is %+v, %v; want ada's", events[0], err)
				}
				if len(r.acts) > 0 {
					t.Errorf("Docker was told %q", <-r.acts)
				}
			})
		})
	}
}

// spare is a controller with a state of its own, for the folder of r.
func spare(t *testing.T, r *rig) (ctl *Controller, looks chan docker.Look) {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "bg.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p, err := traefik.NewPublisher(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	config := r.ctl.Config
	looks = make(chan docker.Look)
	config.Store, config.Publisher, config.Log = s, p, slog.New(slog.NewTextHandler(io.Discard, nil))
	config.Watch = func(ctx context.Context, deliver func(docker.Look)) error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case look := <-looks:
				deliver(look)
			}
		}
	}
	return New(config), looks
}

// Fault 23 of the bar: two controllers: the second refuses.
func TestASecondControllerWithAStateOfItsOwnPublishesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		before := r.file()
		second, _ := spare(t, r)
		if err := second.Run(t.Context()); !errors.Is(err, traefik.ErrHeld) {
			t.Errorf("the second one: %v", err)
		}
		if r.file() != before {
			t.Error("the second one wrote the routing")
		}
		r.see(web("shop", labels.Blue, 3))
		r.settle()
		r.wantInFile("http://10.0.0.3:80") // the first one works on
	})
}

// Nobody takes over from a frozen controller whose lock is there: see the
// tests of store and traefik. Should somebody remove the lock, the first one
// ends when it wakes, before it decides or acts on anything.
//
// Fault 24 of the bar: a frozen controller wakes after a takeover: fenced.
func TestAControllerThatWasTakenOverEndsBeforeItDoesAnything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := twoColors(t)
		if _, err := r.command(api.VerbPromote, api.Command{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := os.RemoveAll(filepath.Join(r.dir, ".bg")); err != nil {
			t.Fatal(err)
		}
		second, looks := spare(t, r)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- second.Run(ctx) }()
		looks <- docker.Look{World: &rollout.World{Containers: []*rollout.Container{web("shop", labels.Green, 2)}}}
		time.Sleep(rollout.Settle)
		synctest.Wait()
		after, state := r.file(), stamp(t, r.path)

		// What the first one would do now: route elsewhere, and later stop blue.
		r.looks <- docker.Look{World: &rollout.World{Containers: []*rollout.Container{web("shop", labels.Blue, 1)}}}
		time.Sleep(time.Hour)
		synctest.Wait()
		if r.file() != after || stamp(t, r.path) != state || len(r.acts) > 0 {
			t.Error("it wrote or acted after it was taken over")
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the second one: %v", err)
		}
		select {
		case err := <-r.ended:
			if !errors.Is(err, traefik.ErrHeld) {
				t.Errorf("the first one: %v", err)
			}
			r.ended <- nil // for the end of the test
		default:
			t.Error("the first one goes on")
		}
	})
}
