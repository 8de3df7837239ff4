// Package testbed prepares real Docker parts for the demo, the tests and the
// benchmarks: Docker Compose, Traefik, bg and the sample apps.
//
// What is missing is pulled where a registry answers and built from Go modules
// where none does. Everything made is kept, in the user's cache folder and in
// Docker's image store, so that only the first run takes long. Nothing that
// belongs to the user is changed: Compose goes to a Docker configuration folder
// of our own, which refers to the user's for contexts and credentials.
package testbed

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// The images that Ensure provides.
const (
	TraefikImage = "traefik:v3.7"
	BGImage      = "bg"
	SampleImage  = "bg-sample"
	ShopImage    = "bg-shop"
)

// Testbed is where the prepared parts are. It holds nothing open and may be used
// from several goroutines at once.
type Testbed struct {
	// Root is the folder of the root module, with docker-compose.yml.
	Root string
	// BG is the static bg binary: byte for byte the one inside the image bg.
	BG string
	// DockerConfig is the DOCKER_CONFIG folder in which `docker compose` works.
	// It is ours: a test may add files to cli-plugins, but no links.
	DockerConfig string

	cache string
}

// Ensure makes what is missing and returns where it all is. It writes one line a
// step to progress, and a sign of life while a long step runs. It returns in
// about a second when nothing is missing or stale, and takes some minutes on a
// machine that has neither a registry nor Go's build cache filled. Processes
// that call it at once wait for each other.
func Ensure(ctx context.Context, progress io.Writer) (*Testbed, error) {
	t, err := locate(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, filepath.Join(t.cache, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()

	p := &printer{w: progress}
	if err := p.step(ctx, "docker", time.Minute, t.engine); err != nil {
		return nil, err
	}
	if err := t.linkDockerConfig(); err != nil {
		return nil, err
	}
	steps, ctx := errgroup.WithContext(ctx)
	steps.Go(func() error { return p.step(ctx, "compose", 15*time.Minute, t.composePlugin) })
	steps.Go(func() error { return p.step(ctx, TraefikImage, 40*time.Minute, t.traefikImage) })
	steps.Go(func() error { return p.step(ctx, BGImage, 10*time.Minute, t.bgImage) })
	steps.Go(func() error { return p.step(ctx, SampleImage, 10*time.Minute, t.sampleImage) })
	steps.Go(func() error { return p.step(ctx, ShopImage, 10*time.Minute, t.shopImage) })
	if err := steps.Wait(); err != nil {
		return nil, err
	}
	return t, nil
}

// Env returns the environment for processes that are to find our Compose: that
// of this process with DOCKER_CONFIG set.
func (t *Testbed) Env() []string {
	return append(os.Environ(), "DOCKER_CONFIG="+t.DockerConfig)
}

// Docker returns `docker args...`, not started. When ctx ends it gets an
// interrupt, and is killed if it has not left ten seconds later.
func (t *Testbed) Docker(ctx context.Context, args ...string) *exec.Cmd {
	return t.command(ctx, "docker", args...)
}

// Compose returns `docker compose args...`, not started, in the root folder; it
// ends as Docker's does.
func (t *Testbed) Compose(ctx context.Context, args ...string) *exec.Cmd {
	return t.command(ctx, "docker", append([]string{"compose"}, args...)...)
}

func (t *Testbed) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = t.Root
	cmd.Env = t.Env()
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = leaveTime
	return cmd
}

// locate finds the root folder from the working directory, which for `go run`
// and `go test` is inside the module, and makes the folders of the cache.
func locate(ctx context.Context) (*Testbed, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find the cache folder: %w", err)
	}
	t := &Testbed{cache: filepath.Join(cache, "bg-e2e")}
	t.DockerConfig = filepath.Join(t.cache, "docker")
	root, err := output(ctx, time.Minute, exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "bg"))
	if err != nil {
		return nil, fmt.Errorf("find the module bg (run this inside its folder): %w", err)
	}
	t.Root = root
	t.BG = filepath.Join(t.Root, "dist", "bg")
	for _, dir := range []string{filepath.Join(t.DockerConfig, "cli-plugins"), filepath.Join(t.cache, "bin"), filepath.Dir(t.BG)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make a folder for the test parts: %w", err)
		}
	}
	return t, nil
}

// engine says which Docker answers, so that a missing one is reported once and
// by name before the long steps start.
func (t *Testbed) engine(ctx context.Context, _ func(string)) (string, error) {
	version, err := output(ctx, 20*time.Second, t.Docker(ctx, "version", "--format", "{{.Server.Version}}"))
	if err != nil {
		return "", fmt.Errorf("Docker has to run, and this user to be allowed to use it: %w", err)
	}
	return "engine " + version, nil
}

// lock keeps two processes from building into the same files. It waits for the
// other one as long as ctx lives.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the test parts: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("wait for another process that prepares the same parts: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
