package e2e

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"bg/controller/api"
)

// long is a release that spends a moment in every step.
func long(version string) recipe {
	return recipe{version: version, shared: true, hooks: allHooks, labels: map[string]string{
		"bg.canary.steps": "50", "bg.canary.interval": "1s", "bg.soak": "2s", "bg.drain": "1s",
		"bg.smoke.home.path": "/", "bg.smoke.home.body": version,
		"bg.smoke.users.path": "/", "bg.smoke.users.via": "proxy", "bg.smoke.users.body": version,
	}}
}

// struck are the steps at which a kill strikes.
var struck = []string{
	api.StepPrepare, api.StepExpand, api.StepStart, api.StepSmoke, api.StepTraffic, api.StepVerify, api.StepSoak, api.StepRetire,
}

// reached waits until the release after the one before is at the step or beyond.
func (x *project) reached(before, step string) {
	x.t.Helper()
	x.await("its release is at "+step, func(a api.App) error {
		r := a.Release
		if r == nil || r.ID == before {
			return fmt.Errorf("release %s has not begun", step)
		}
		if r.Outcome == "" && !beyond(r.Step, step) {
			return fmt.Errorf("release %s is at %s", r.ID, r.Step)
		}
		return nil
	})
}

// beyond reports whether a step is the other one or comes after it.
func beyond(step, other string) bool {
	for _, s := range []string{
		api.StepClear, api.StepPrepare, api.StepExpand, api.StepStart, api.StepSmoke, api.StepHandover,
		api.StepTraffic, api.StepVerify, api.StepSoak, api.StepRetire, api.StepContract,
	} {
		switch s {
		case other:
			return true
		case step:
			return false
		}
	}
	return false
}

// kill ends bg as a crash of its machine would, with the docker compose that it
// may be running.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the kill
}

func TestAReleaseGoesOnWhereItsClientWasKilled(t *testing.T) {
	s := sharedStack(t)
	x := newProject(t, s, long("v0"))
	x.deploy(0, "--wait=soaked")
	before := x.ended("done").Release.ID
	tr := x.load(deployRate)
	for i, step := range struck {
		x.write(long(fmt.Sprintf("v%d", i+1)))
		cmd := x.deploying()
		x.reached(before, step)
		kill(t, cmd)
		a, _ := x.await("it is known", func(api.App) error { return nil })
		x.deploy(0, "--wait=soaked")
		b := x.ended("done")
		if a.Release.ID == before || b.Release.ID != a.Release.ID {
			t.Errorf("killed at %s: release %s went on as %s", step, a.Release.ID, b.Release.ID)
		}
		for _, kind := range []string{"expand", "smoke", "promoted", "contract"} {
			name := fmt.Sprintf("%s-%s-hook-%s-%s-1", x.name, b.Active, kind, b.Active)
			if starts := x.docker("inspect", "-f", "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}", name); starts != "0 exited 0" {
				t.Errorf("killed at %s: hook %s is %q", step, kind, starts)
			}
		}
		before = b.Release.ID
	}
	tr.lossless()
}

func TestAReleaseGoesOnWhenTheControllerIsKilled(t *testing.T) {
	s := ownStack(t)
	x := newProject(t, s, long("v0"))
	x.deploy(0, "--wait=soaked")
	before := x.ended("done").Release.ID
	tr := x.load(deployRate)
	for i, step := range struck {
		x.write(long(fmt.Sprintf("v%d", i+1)))
		cmd := x.deploying("--wait=soaked")
		x.reached(before, step)
		x.docker("kill", s.Controller)
		tr.more(deployRate / 10) // without a controller
		x.docker("start", s.Controller)
		started := time.Now()
		if err := cmd.Wait(); err != nil {
			// A client that was just being answered may not know what became of
			// it, and says so; the next one takes the release up.
			t.Logf("killed at %s: the client ended with %v", step, err)
			x.deploy(0, "--wait=soaked")
		}
		a := x.ended("done")
		if a.Release.ID == before {
			t.Errorf("killed at %s: no new release was made", step)
		}
		before = a.Release.ID
		t.Logf("killed at %s: done %s after the start", step, time.Since(started).Round(100*time.Millisecond))
	}
	tr.lossless()
}
