package docker

import (
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

func TestRealDockerStartsAndStops(t *testing.T) {
	b := realDocker(t)
	a := NewActor(Options{Network: b.name})
	second := 1
	web := b.createAs(t, &container.Config{Labels: b.labelsOf(), StopTimeout: &second}, nil)
	for _, step := range []struct {
		what    string
		act     func() error
		running bool
		code    int
	}{
		{"stop of one that never ran", func() error { return a.Stop(t.Context(), web) }, false, 0},
		{"start", func() error { return a.Start(t.Context(), web) }, true, 0},
		{"start of one that runs", func() error { return a.Start(t.Context(), web) }, true, 0},
		{"stop after its own grace", func() error { return a.Stop(t.Context(), web) }, false, 137},
		{"stop of one that ended", func() error { return a.Stop(t.Context(), web) }, false, 137},
		{"start again", func() error { return a.Start(t.Context(), web) }, true, 0},
	} {
		began := time.Now()
		if err := step.act(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		t.Logf("%s took %s", step.what, time.Since(began).Round(time.Millisecond))
		c, err := b.ContainerInspect(t.Context(), web)
		must(t, err)
		if c.State.Running != step.running || c.State.ExitCode != step.code {
			t.Errorf("after the %s: %+v", step.what, c.State)
		}
	}
}

func TestRealDockerSaysWhyAStartFailed(t *testing.T) {
	b := realDocker(t)
	a := NewActor(Options{Network: b.name})
	broken := b.createAs(t, &container.Config{Labels: b.labelsOf(), Entrypoint: []string{"/nope"}}, nil)
	err := a.Start(t.Context(), broken)
	if err == nil || !strings.Contains(err.Error(), `: exec: "/nope": `) || !strings.HasSuffix(err.Error(), "no such file or directory") {
		t.Errorf("the error is %v", err)
	}
	t.Log(err)
	c, err := b.ContainerInspect(t.Context(), broken)
	must(t, err)
	if started, _ := time.Parse(time.RFC3339Nano, c.State.StartedAt); c.State.Status != container.StateCreated || !started.IsZero() {
		t.Errorf("its state is %+v", c.State)
	}
}

func TestRealDockerIsNotAskedToTouchStrangers(t *testing.T) {
	b := realDocker(t)
	a := NewActor(Options{Network: b.name})
	stranger := b.run(t, map[string]string{"bg.app": b.name})
	if err := a.Stop(t.Context(), stranger); err == nil || !strings.Contains(err.Error(), "bg.enable=true") {
		t.Errorf("the error is %v", err)
	}
	c, err := b.ContainerInspect(t.Context(), stranger)
	must(t, err)
	if !c.State.Running {
		t.Errorf("its state is %+v", c.State)
	}
	must(t, b.ContainerRemove(t.Context(), stranger, container.RemoveOptions{Force: true}))
	if err := a.Start(t.Context(), stranger); !errdefs.IsNotFound(err) {
		t.Errorf("the error is %v", err)
	}
}
