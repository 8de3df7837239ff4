package e2e

import (
	"strings"
	"testing"
	"time"

	"bg/controller/api"
)

// serving wants the answers from now on to come from one color and version.
func (x *project) serving(tr *traffic, color, version string) {
	x.t.Helper()
	c := tr.more(deployRate / 3)
	tr.only(c, color)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if last := tr.answers[len(tr.answers)-1]; last.Version != version {
		x.t.Errorf("%s answers as %s, want %s", last.Color, last.Version, version)
	}
}

// back runs bg rollback and wants it to be live.
func (x *project) back(args ...string) time.Duration {
	x.t.Helper()
	start := time.Now()
	stdout, stderr, code := x.p.BG(within(x.t, 2*time.Minute), append([]string{"rollback"}, args...)...)
	if code != 0 {
		x.t.Fatalf("bg rollback %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	x.t.Log(stdout)
	return time.Since(start)
}

func TestRollbackGoesBackToAWarmReleaseARetiredOneAndAnOldOne(t *testing.T) {
	x := newProject(t, sharedStack(t), recipe{version: "v1"})
	x.deploy(0)
	tr := x.load(deployRate)
	x.serving(tr, blue, "v1")

	x.write(recipe{version: "v2", labels: map[string]string{"bg.soak": "1m"}})
	x.deploy(0)
	x.await("it soaks", func(a api.App) error { return atStep(a, api.StepSoak) })
	x.serving(tr, green, "v2")
	t.Logf("to the warm standby in %s", ms(x.back()))
	x.serving(tr, blue, "v1")

	x.write(recipe{version: "v3"})
	x.deploy(0, "--wait=soaked")
	x.serving(tr, green, "v3")
	if up := x.up(blue); len(up) > 0 {
		t.Fatalf("blue is retired and runs %v", up)
	}
	t.Logf("to the retired color in %s", ms(x.back()))
	x.serving(tr, blue, "v1")
	x.ended("done")

	t.Logf("to release 2 in %s", ms(x.back("--to", "2", "--yes")))
	x.serving(tr, green, "v2")
	tr.lossless()
}

func TestTheSameReleaseAgainDoesNothing(t *testing.T) {
	x := newProject(t, sharedStack(t), recipe{version: "v1"})
	x.deploy(0)
	before := x.ended("done").Release
	web := x.docker("ps", "-q", "--no-trunc", "--filter", "label=com.docker.compose.project="+x.name+"-blue")
	t.Log(x.deploy(0))
	if after := x.ended("done").Release; after.ID != before.ID {
		t.Errorf("release %s became %s", before.ID, after.ID)
	}
	if now := x.docker("ps", "-q", "--no-trunc", "--filter", "label=com.docker.compose.project="+x.name+"-blue"); now != web {
		t.Errorf("the containers changed from %s to %s", web, now)
	}
	x.deploy(0, "--force")
	if a := x.ended("done"); a.Active != green {
		t.Errorf("forced, %s is active", a.Active)
	}
}

func TestOneReleaseAtATime(t *testing.T) {
	x := newProject(t, sharedStack(t), recipe{version: "v1"})
	x.deploy(0)
	x.write(recipe{version: "v2", env: map[string]string{"START_DELAY": "8s"}})
	first := x.deploying()
	x.await("it starts", func(a api.App) error { return atStep(a, api.StepStart) })
	x.write(recipe{version: "v3"})
	said := x.deploy(1)
	for _, want := range []string{"is under way", "begun by", "at start"} {
		if !strings.Contains(said, want) {
			t.Errorf("the second release is told %q, which lacks %q", said, want)
		}
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first one: %v", err)
	}
	x.p.BG(within(t, patience), "lock", "-m", "sale until Monday")
	if said = x.deploy(1); !strings.Contains(said, "sale until Monday") {
		t.Errorf("locked, bg deploy says %q", said)
	}
	x.p.BG(within(t, patience), "unlock")
	x.deploy(0)
}
