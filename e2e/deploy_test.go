package e2e

import (
	"strings"
	"testing"
)

// hooks of every kind, all of which end well.
var allHooks = map[string]string{"expand": "ok", "smoke": "ok", "promoted": "ok", "contract": "ok", "demoted": "ok"}

func TestDeployReleasesThroughEveryStepWithoutALostRequest(t *testing.T) {
	x := newProject(t, sharedStack(t), recipe{version: "v1", shared: true})
	t.Log(x.deploy(0))
	a := x.ended("done")
	if a.Active != blue || len(x.up(blue)) != 1 || len(x.up(green)) != 0 {
		t.Fatalf("after the first release %s is active, blue runs %v, green %v", a.Active, x.up(blue), x.up(green))
	}
	db := x.docker("ps", "-q", "--filter", "label=com.docker.compose.project="+x.name)

	tr := x.load(deployRate)
	tr.only(tr.more(deployRate), blue)
	x.write(recipe{version: "v2", shared: true, hooks: allHooks, labels: map[string]string{
		"bg.canary.steps": "20,50", "bg.canary.interval": "2s",
		"bg.smoke.home.path": "/", "bg.smoke.home.body": "v2", "bg.smoke.home.latency": "5s",
		"bg.smoke.users.path": "/", "bg.smoke.users.via": "proxy", "bg.smoke.users.body": "v2",
	}})
	t.Log(x.deploy(0, "--wait=soaked"))
	a = x.ended("done")
	c := tr.lossless()
	if a.Active != green || len(x.up(blue)) != 0 || len(x.up(green)) != 1 {
		t.Errorf("after the second release %s is active, blue runs %v, green %v", a.Active, x.up(blue), x.up(green))
	}
	if c.colors[green] == 0 {
		t.Error("green never answered")
	}
	if got := x.docker("ps", "-q", "--filter", "label=com.docker.compose.project="+x.name); got != db {
		t.Errorf("the shared service was recreated: %s is %s now", db, got)
	}
	t.Log("steps in the history:", x.steps())
	for _, kind := range []string{"expand", "smoke", "promoted", "contract"} {
		logs := x.docker("logs", x.name+"-green-hook-"+kind+"-green-1")
		if !strings.Contains(logs, "hook ok of release "+a.Release.ID+" in green") {
			t.Errorf("hook %s said %q", kind, logs)
		}
	}
	if n := x.docker("inspect", "-f", "{{.State.Status}}", x.name+"-green-hook-demoted-green-1"); n != "created" {
		t.Errorf("the hook for a demotion is %s, want created", n)
	}
}
