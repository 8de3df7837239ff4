package e2e

import (
	"strings"
	"testing"

	"bg/controller/api"
)

// A release that fails before its color has users changes nothing for them, ends
// with the exit code of its kind, says why, and leaves no container of the color
// running.
func TestAReleaseThatFailsBeforeItsTrafficChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		recipe  recipe
		args    []string
		code    int
		outcome string
		says    []string
		stays   bool // the color is left running
	}{
		"the expand hook fails": {
			recipe: recipe{hooks: map[string]string{"expand": "fail"}},
			code:   1, outcome: api.ReleaseFailed,
			says: []string{"hook-expand", "exited with code 1", `relation "orders" does not exist`},
		},
		"the expand hook hangs": {
			recipe: recipe{hooks: map[string]string{"expand": "hang"}},
			code:   1, outcome: api.ReleaseFailed,
			says: []string{"hook-expand", "did not end within 3s", "hook hang of release"},
		},
		"never ready": {
			recipe: recipe{env: map[string]string{"MODE": "unhealthy"}, labels: map[string]string{"bg.deadline": "5s"}},
			code:   4, outcome: api.ReleaseTimedOut,
			says: []string{"not ready within 5s", "green v2 listens on"},
		},
		"never ready, and kept": {
			recipe: recipe{env: map[string]string{"MODE": "unhealthy"}, labels: map[string]string{"bg.deadline": "5s"}},
			args:   []string{"--keep"}, code: 4, outcome: api.ReleaseTimedOut, stays: true,
			says: []string{"not ready within 5s"},
		},
		"a crash loop": {
			recipe: recipe{command: `[hook, fail]`, labels: map[string]string{"bg.deadline": "5s"}},
			code:   4, outcome: api.ReleaseTimedOut,
			says: []string{"not ready within 5s", `relation "orders" does not exist`},
		},
		"the smoke test finds another status": {
			recipe: recipe{labels: map[string]string{"bg.smoke.home.path": "/", "bg.smoke.home.status": "204"}},
			code:   3, outcome: api.ReleaseDemoted,
			says: []string{"smoke test home", "status 200"},
		},
		"the smoke test is answered late": {
			recipe: recipe{env: map[string]string{"MODE": "slow"}, labels: map[string]string{"bg.smoke.home.path": "/", "bg.smoke.home.latency": "100ms"}},
			code:   3, outcome: api.ReleaseDemoted,
			says: []string{"smoke test home", "100ms"},
		},
		"the smoke test finds another body": {
			recipe: recipe{labels: map[string]string{"bg.smoke.home.path": "/", "bg.smoke.home.body": "v3"}},
			code:   3, outcome: api.ReleaseDemoted,
			says: []string{"smoke test home"},
		},
		"the smoke hook fails": {
			recipe: recipe{hooks: map[string]string{"smoke": "fail", "demoted": "ok"}},
			code:   3, outcome: api.ReleaseDemoted,
			says: []string{"hook-smoke", "exited with code 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newProject(t, sharedStack(t), recipe{version: "v1"})
			x.deploy(0)
			tr := x.load(deployRate)
			tr.only(tr.more(deployRate/3), blue)
			c.recipe.version = "v2"
			x.write(c.recipe)
			said := x.deploy(c.code, c.args...)
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("bg deploy does not say %q:\n%s", want, said)
				}
			}
			a := x.ended(c.outcome)
			if a.Active != blue || a.Release.Live {
				t.Errorf("%s is active, the release is %+v", a.Active, a.Release)
			}
			if c.stays != (len(x.up(green)) > 0) {
				x.awaitStopped(green, c.stays)
			}
			tr.only(tr.lossless(), blue)
			if c.recipe.hooks["demoted"] != "" {
				x.awaitHook("demoted")
			}

			// The next release is none the worse for it.
			x.write(recipe{version: "v3"})
			x.deploy(0)
			if a = x.ended("done"); a.Active != green {
				t.Errorf("after the release that followed %s is active", a.Active)
			}
		})
	}
}

// A release that fails once it has users gives them back without a lost request.
func TestAReleaseThatFailsWithTrafficGoesBack(t *testing.T) {
	for name, c := range map[string]struct {
		recipe recipe
		says   string
		fall   func(*project) // after it is live
	}{
		"the smoke test through the proxy fails": {
			recipe: recipe{labels: map[string]string{"bg.smoke.users.path": "/", "bg.smoke.users.via": "proxy", "bg.smoke.users.body": "v3"}},
			says:   "smoke test users",
		},
		"the promoted hook fails": {
			recipe: recipe{hooks: map[string]string{"promoted": "fail"}},
			says:   "hook-promoted",
		},
		"it turns unhealthy in the soak": {
			recipe: recipe{labels: map[string]string{"bg.soak": "1m"}},
			says:   "is unhealthy",
			fall: func(x *project) {
				x.docker("exec", x.up(green)[0], "/app", "control", "unhealthy")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newProject(t, sharedStack(t), recipe{version: "v1", labels: map[string]string{"bg.soak": "1m"}})
			x.deploy(0)
			tr := x.load(deployRate)
			tr.only(tr.more(deployRate/3), blue)
			c.recipe.version = "v2"
			x.write(c.recipe)
			done := make(chan string, 1)
			go func() { done <- x.deploy(3, "--wait=soaked") }()
			if c.fall != nil {
				x.await("it soaks", func(a api.App) error { return atStep(a, api.StepSoak) })
				tr.only(tr.more(deployRate/3), green)
				c.fall(x)
			}
			if said := <-done; !strings.Contains(said, c.says) {
				t.Errorf("bg deploy does not say %q:\n%s", c.says, said)
			}
			if a := x.ended(api.ReleaseDemoted); a.Active != blue || color(a, green).Role != "demoted" {
				t.Errorf("%s is active, green is %s", a.Active, color(a, green).Role)
			}
			tr.only(tr.more(deployRate), blue)
			tr.lossless()
		})
	}
}
