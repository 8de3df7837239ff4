package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"

	"bg/controller/rollout"
)

// soon bounds the waits for Docker itself; they end when it is done.
const soon = 20 * time.Second

// bench is a real Docker with an image and a network of this test's own.
type bench struct {
	*client.Client
	name  string // of image and network
	check *container.HealthConfig
}

// realDocker sets a bench up and takes everything away at the end.
func realDocker(t testing.TB) *bench {
	t.Helper()
	c, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err == nil {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = c.Ping(ctx)
	}
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("no Docker: %v", err)
	case err != nil:
		t.Skipf("no Docker: %v", err)
	}
	b := &bench{c, "bgtest-" + strings.ToLower(rand.Text()[:8]), &container.HealthConfig{
		Test: []string{"CMD", "/app", "health"}, Interval: 200 * time.Millisecond, Timeout: 5 * time.Second, Retries: 2,
	}}
	t.Cleanup(func() { _ = c.Close() })
	b.load(t)
	_, err = b.NetworkCreate(t.Context(), b.name, network.CreateOptions{})
	must(t, err)
	t.Cleanup(func() {
		if err := b.NetworkRemove(context.Background(), b.name); err != nil {
			t.Errorf("network left behind: %v", err)
		}
	})
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// load builds the app and makes an image of it alone.
func (b *bench) load(t testing.TB) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "app")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", bin, "./testdata/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(bin)
	must(t, err)
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	must(t, w.WriteHeader(&tar.Header{Name: "app", Mode: 0o755, Size: int64(len(data))}))
	_, err = w.Write(data)
	must(t, err)
	must(t, w.Close())
	done, err := b.ImageImport(t.Context(), image.ImportSource{Source: &layer, SourceName: "-"}, b.name,
		image.ImportOptions{Changes: []string{`ENTRYPOINT ["/app"]`, "EXPOSE 8080"}})
	must(t, err)
	_, err = io.Copy(io.Discard, done)
	must(t, err)
	must(t, done.Close())
	t.Cleanup(func() {
		if _, err := b.ImageRemove(context.Background(), b.name, image.RemoveOptions{Force: true}); err != nil {
			t.Errorf("image left behind: %v", err)
		}
	})
}

// labelsOf returns labels that ask for an app of its own.
func (b *bench) labelsOf() map[string]string {
	return map[string]string{
		"bg.enable": "true", "bg.app": b.name, "bg.color": "blue",
		"traefik.http.routers.web.rule": "Host(`" + b.name + ".test`)",
	}
}

// create makes a container and returns its ID.
func (b *bench) create(t testing.TB, labels map[string]string, host *container.HostConfig, args ...string) string {
	t.Helper()
	return b.createAs(t, &container.Config{Labels: labels, Cmd: args, Healthcheck: b.check}, host)
}

// createAs makes a container of the bench's image and network.
func (b *bench) createAs(t testing.TB, config *container.Config, host *container.HostConfig) string {
	t.Helper()
	if host == nil {
		host = &container.HostConfig{}
	}
	config.Image, host.NetworkMode = b.name, container.NetworkMode(b.name)
	c, err := b.ContainerCreate(t.Context(), config, host, nil, nil, b.name+"-"+strings.ToLower(rand.Text()[:4]))
	must(t, err)
	t.Cleanup(func() {
		err := b.ContainerRemove(context.Background(), c.ID, container.RemoveOptions{Force: true})
		if err != nil && !errdefs.IsNotFound(err) {
			t.Errorf("container left behind: %v", err)
		}
	})
	return c.ID
}

func (b *bench) run(t testing.TB, labels map[string]string, args ...string) string {
	t.Helper()
	id := b.create(t, labels, nil, args...)
	must(t, b.ContainerStart(t.Context(), id, container.StartOptions{}))
	return id
}

func (b *bench) watch(t testing.TB) *viewer {
	return watchOn(t, New(Options{Network: b.name}))
}

func TestRealDockerFromStartToEnd(t *testing.T) {
	t.Parallel()
	b := realDocker(t)
	ctx := t.Context()
	v := b.watch(t)
	v.until(t, soon, "a world", func(l Look) bool { return l.World != nil && l.Err == nil })

	id := b.run(t, b.labelsOf())
	v.until(t, soon, "ready", is(id, rollout.Ready))
	c := v.last.get(id)
	if c.Address == "" || c.Spec.App != b.name || c.Spec.Port != 8080 || c.Invalid != "" {
		t.Fatalf("%+v %+v", c, c.Spec)
	}

	must(t, b.ContainerPause(ctx, id))
	v.until(t, soon, "paused", is(id, rollout.Paused))
	must(t, b.ContainerUnpause(ctx, id))
	v.until(t, soon, "ready after the pause", is(id, rollout.Ready))

	must(t, b.NetworkDisconnect(ctx, b.name, id, false))
	v.until(t, soon, "offline", is(id, rollout.Offline))
	must(t, b.NetworkConnect(ctx, b.name, id, nil))
	v.until(t, soon, "ready on the network again", is(id, rollout.Ready))

	must(t, b.ContainerKill(ctx, id, "USR1")) // makes it ill, and must not take it out by itself
	v.until(t, soon, "unhealthy", func(l Look) bool {
		if is(id, rollout.Stopping)(l) {
			t.Fatal("a notification is taken for a stop signal")
		}
		return is(id, rollout.Unhealthy)(l)
	})
	if d := v.last.get(id).Detail; !strings.Contains(d, "times in a row") {
		t.Errorf("the detail is %q", d)
	}
	must(t, b.ContainerKill(ctx, id, "USR1"))
	v.until(t, soon, "well again", is(id, rollout.Ready))

	must(t, b.ContainerKill(ctx, id, "TERM"))
	v.until(t, soon, "stopping", is(id, rollout.Stopping))
	if i, err := b.ContainerInspect(ctx, id); err != nil || !i.State.Running {
		t.Errorf("it should run on after TERM: %v", err)
	}
	must(t, b.ContainerKill(ctx, id, "INT"))
	v.until(t, soon, "exited", is(id, rollout.Exited))
	if c := v.last.get(id); c.Detail != "exit code 0" || c.Address != "" {
		t.Errorf("%+v", c)
	}

	must(t, b.ContainerStart(ctx, id, container.StartOptions{}))
	v.until(t, soon, "ready in its next life", is(id, rollout.Ready))
	must(t, b.ContainerRename(ctx, id, b.name+"-renamed"))
	v.until(t, soon, "the name", func(l Look) bool { return l.get(id).Name == b.name+"-renamed" })
	must(t, b.ContainerRemove(ctx, id, container.RemoveOptions{Force: true}))
	v.until(t, soon, "gone", gone(id))
}

func TestRealDockerEndsAndLabels(t *testing.T) {
	t.Parallel()
	b := realDocker(t)
	v := b.watch(t)
	bad := b.labelsOf()
	bad["bg.soak"] = "soon"
	broken := b.run(t, bad)
	crashed := b.run(t, b.labelsOf(), "exit", "3")
	created := b.create(t, b.labelsOf(), nil)
	fat := b.create(t, b.labelsOf(), &container.HostConfig{Resources: container.Resources{Memory: 24 << 20, MemorySwap: 24 << 20}}, "eat")
	limited := b.ContainerStart(t.Context(), fat, container.StartOptions{})

	v.until(t, soon, "the labels refused", func(l Look) bool {
		c := l.get(broken)
		return is(broken, rollout.Ready)(l) && strings.Contains(c.Invalid, "bg.soak") && c.Spec.App == b.name
	})
	v.until(t, soon, "exit code 3", func(l Look) bool {
		return is(crashed, rollout.Exited)(l) && l.get(crashed).Detail == "exit code 3"
	})
	v.until(t, soon, "created", is(created, rollout.Created))
	if limited != nil {
		t.Logf("this machine can't limit memory: %v", limited)
		return
	}
	v.until(t, soon, "out of memory", func(l Look) bool {
		return is(fat, rollout.Exited)(l) && l.get(fat).Detail == "exit code 137, out of memory"
	})
}

func TestRealDockerListsAgreeWithInspects(t *testing.T) {
	t.Parallel()
	b := realDocker(t)
	ids := []string{b.run(t, b.labelsOf()), b.run(t, b.labelsOf()), b.run(t, b.labelsOf(), "exit", "3"), b.create(t, b.labelsOf(), nil), b.run(t, b.labelsOf())}
	v := b.watch(t)
	v.until(t, soon, "the healthy ones", func(l Look) bool {
		return is(ids[0], rollout.Ready)(l) && is(ids[1], rollout.Ready)(l) && is(ids[4], rollout.Ready)(l) && is(ids[2], rollout.Exited)(l)
	})
	must(t, b.ContainerPause(t.Context(), ids[1]))
	must(t, b.ContainerKill(t.Context(), ids[4], "USR1"))
	v.until(t, soon, "paused and ill", func(l Look) bool {
		return is(ids[1], rollout.Paused)(l) && is(ids[4], rollout.Unhealthy)(l)
	})

	o := New(Options{Network: b.name})
	c, err := o.client()
	must(t, err)
	defer c.close()
	must(t, c.negotiate(t.Context()))
	entries, err := c.list(t.Context(), DefaultMax, b.name)
	must(t, err)
	seen := 0
	for _, e := range entries {
		if !slices.Contains(ids, e.id) {
			continue // another test's
		}
		seen++
		f, err := c.inspect(t.Context(), e.id, b.name, nil)
		must(t, err)
		if f.face != e.face {
			t.Errorf("%s: the list says\n%+v, the inspect\n%+v", e.id[:12], e.face, f.face)
		}
	}
	if seen != len(ids) {
		t.Errorf("%d containers listed, want %d", seen, len(ids))
	}
}

func TestRealDockerCheck(t *testing.T) {
	t.Parallel()
	b := realDocker(t)
	for network, exists := range map[string]bool{b.name: true, b.name + "x": false} {
		info, err := New(Options{Network: network}).Check(t.Context())
		if err != nil || info.NetworkExists != exists || info.EngineVersion == "" || info.APIVersion == "" {
			t.Errorf("network %s: %+v, %v", network, info, err)
		}
		t.Logf("%+v", info)
	}
}
