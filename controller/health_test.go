package controller

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// examined returns the container with labels for bg's own health check.
func examined(c *rollout.Container) *rollout.Container {
	o, spec := *c, *c.Spec
	spec.Port = 80
	spec.Health = labels.Health{Set: true, Path: "/up", Interval: time.Second, Timeout: 2 * time.Second, Failures: 3}
	o.Spec, o.Started = &spec, time.Unix(1, 0)
	return &o
}

// find delivers what was found of each container and lets it be decided.
func (r *rig) find(check rollout.Check, containers ...*rollout.Container) {
	all := map[string]rollout.Check{}
	for _, c := range containers {
		check.Started, check.Address = c.Started, c.Address
		all[c.ID] = check
	}
	r.checks <- all
	synctest.Wait()
}

// condition returns what the status tells of a container.
func (r *rig) condition(app, color string) (condition, detail string) {
	r.t.Helper()
	for _, c := range r.app(app).Colors {
		if c.Color == color && len(c.Containers) > 0 {
			return c.Containers[0].Condition, c.Containers[0].Detail
		}
	}
	r.t.Fatalf("no container of %s %s in the status", app, color)
	return "", ""
}

var (
	passes = rollout.Check{Passed: true}
	hangs  = rollout.Check{Passed: true, Failing: true, Fault: "GET /up: no answer within 2s"}
)

func TestBgsOwnCheckGatesAndDemotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		blue, green := web("shop", labels.Blue, 1), examined(as(web("shop", labels.Green, 2), rollout.Unchecked))
		r.see(blue, green)
		r.settle()
		if asked := *r.asked.Load(); len(asked) != 1 || asked[0].ID != green.ID || asked[0].Address != green.Address {
			t.Errorf("asked are %+v, want green alone", asked)
		}
		if is, why := r.condition("shop", "green"); is != "unproven" || !strings.Contains(why, "not passed yet") {
			t.Errorf("before its first check green is %s (%s)", is, why)
		}
		r.wantActive("shop", "blue")
		r.find(passes, green)
		r.wantActive("shop", "green")
		r.find(hangs, green)
		r.wantActive("shop", "blue")
		r.wantInFile("http://10.0.0.1:80")
		if is, why := r.condition("shop", "green"); is != "unhealthy" || !strings.Contains(why, "3 times in a row: GET /up: no answer within 2s") {
			t.Errorf("green is %s (%s)", is, why)
		}
		events, err := r.store.History("shop", 1)
		if err != nil || len(events) != 1 || events[0].Change != rollout.Fell || !strings.Contains(events[0].Cause, "GET /up: no answer within 2s") {
			t.Errorf("newest event = %+v, %v; want a demotion that says why", events, err)
		}
	})
}

func TestOnlyTheReplicaThatFailsItsCheckIsTakenOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		one, two := examined(web("shop", labels.Blue, 1)), examined(web("shop", labels.Blue, 2))
		r.see(one, two)
		r.find(passes, one, two)
		r.settle()
		r.wantInFile("http://10.0.0.1:80", "http://10.0.0.2:80")
		all := map[string]rollout.Check{one.ID: passes, two.ID: hangs}
		for id, c := range map[string]*rollout.Container{one.ID: one, two.ID: two} {
			check := all[id]
			check.Started, check.Address = c.Started, c.Address
			all[id] = check
		}
		r.checks <- all
		synctest.Wait()
		r.wantActive("shop", "blue")
		r.wantInFile("http://10.0.0.1:80")
		if strings.Contains(r.file(), "10.0.0.2") {
			t.Error("the replica that hangs is routed still")
		}
		r.find(passes, one, two)
		r.wantInFile("http://10.0.0.1:80", "http://10.0.0.2:80")
	})
}

// I10: unknown is never read as unhealthy, nor as healthy.
func TestAfterARestartNobodyLosesTrafficForNotHavingBeenAskedYet(t *testing.T) {
	for name, failover := range map[string]bool{"with a standby that stands behind": true, "with one that does not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.info = traefik.Info{Version: "3.7.10", Failover: failover}
				r.start()
				blue, green := examined(web("shop", labels.Blue, 1)), examined(web("shop", labels.Green, 2))
				r.see(blue)
				r.find(passes, blue)
				r.settle()
				r.see(blue, green)
				r.find(passes, blue, green)
				r.settle()
				r.wantActive("shop", "green")
				if got := strings.Contains(r.file(), "failover"); got != failover {
					t.Errorf("blue stands behind green: %v", got)
				}
				file := inode(t, filepath.Join(r.dir, "bg.yml"))

				r.stop()
				r.start()
				r.see(blue, green)
				r.settle()
				r.wantActive("shop", "green")
				if inode(t, filepath.Join(r.dir, "bg.yml")) != file {
					t.Error("the routing was written again")
				}
				if failover {
					return
				}
				// To a standby that was not asked nobody is sent either.
				r.see(blue, as(green, rollout.Exited))
				r.wantActive("shop", "green")
				r.find(passes, blue)
				r.wantActive("shop", "blue")
			})
		})
	}
}

func TestWhereAllFailTheirChecksAtOnceNothingMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		var blues, all []*rollout.Container
		apps := []string{"shop", "mail", "wiki"}
		for i, app := range apps {
			b, g := examined(web(app, labels.Blue, 2*i+1)), examined(web(app, labels.Green, 2*i+2))
			blues, all = append(blues, b), append(all, b, g)
		}
		r.see(blues...)
		r.find(passes, blues...)
		r.settle()
		r.see(all...)
		r.find(passes, all...)
		r.settle()
		before := r.generation()
		r.find(hangs, all...)
		time.Sleep(time.Minute)
		for _, app := range apps {
			r.wantActive(app, "green")
			if phase := r.app(app).Phase; phase != "down" {
				t.Errorf("%s is %s", app, phase)
			}
		}
		r.find(passes, all...)
		for _, app := range apps {
			r.wantActive(app, "green")
		}
		if got := r.generation(); got != before {
			t.Errorf("generation %d, then %d", before, got)
		}
	})
}

// Nothing moves for silence that may be bg's own. A person has to look.
func TestWhereBgHearsNobodyTheStatusSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		blue, green := examined(web("shop", labels.Blue, 1)), examined(web("shop", labels.Green, 2))
		r.see(blue)
		r.find(passes, blue)
		r.settle()
		r.see(blue, green)
		r.find(passes, blue, green)
		r.settle()
		before := r.generation()
		deaf := hangs
		deaf.Deaf = true
		r.find(deaf, blue, green)
		r.wantActive("shop", "green")
		if is, _ := r.condition("shop", "green"); is != "unproven" || r.generation() != before {
			t.Errorf("green is %s, generation %d, then %d", is, before, r.generation())
		}
		want := "2 containers, shop-blue-web-1 among them, do not answer bg's own check"
		if got := r.problem("health"); !strings.Contains(got, want) {
			t.Errorf("the problem is %q, want %q", got, want)
		}
		r.find(passes, blue, green)
		if got := r.problem("health"); got != "" {
			t.Errorf("the problem stays after it is mended: %q", got)
		}
	})
}

func TestChecksThatFindNothingNewAreNoReasonToDecide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		blue := examined(web("shop", labels.Blue, 1))
		r.see(blue)
		r.find(passes, blue)
		r.settle()
		for _, check := range []rollout.Check{passes, hangs, passes} {
			r.find(check, blue)
			before := r.status().Revision
			for range 10 {
				r.find(check, blue)
			}
			if got := r.status().Revision; got != before {
				t.Errorf("%+v: revision %d, then %d", check, before, got)
			}
		}
		asked := r.asked.Load()
		r.find(passes, blue)
		if r.asked.Load() != asked {
			t.Error("the set was handed on again though nothing was seen")
		}
	})
}
