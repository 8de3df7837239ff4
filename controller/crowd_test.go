package controller

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"bg/controller/docker"
	"bg/controller/docker/dockertest"
	"bg/controller/probe"
	"bg/controller/store"
	"bg/controller/traefik"
)

// The test runs itself again, so that the figure is of this alone. It is the
// most that the process ever took, the fake Docker in it included.
//
// Attack 12 of the bar: 5,000 containers: < 256 MiB.
func TestFiveThousandContainersAreRoutedInLessThan256MiB(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds, and the race detector takes memory of its own")
	}
	const containers, limit = 5000, 256 << 10 // KiB
	if os.Getenv("BG_TEST_CROWD") != "" {
		crowd(t, containers)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "BG_TEST_CROWD=1")
	out, err := cmd.CombinedOutput()
	m := regexp.MustCompile(`peak ([0-9]+) KiB`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	peak, err := strconv.Atoi(string(m[1]))
	if err != nil || peak >= limit {
		t.Errorf("%d KiB, %v", peak, err)
	}
	t.Logf("%d containers: %d MiB at the most", containers, peak>>10)
}

// crowd has a controller route n containers, two to an app, and prints the
// most that the process took.
func crowd(t *testing.T, n int) {
	engine := dockertest.New("bg")
	for i := range n {
		app := fmt.Sprintf("app-%d", i/2)
		engine.Put(dockertest.Container{
			ID: dockertest.ID(i), Name: fmt.Sprintf("%s-blue-web-%d", app, i), State: "running", Health: "healthy",
			Labels: map[string]string{
				"bg.enable": "true", "com.docker.compose.project": app + "-blue", "com.docker.compose.service": "web",
				"traefik.http.routers.web.rule": "Host(`" + app + ".test`)",
			},
			Ports: []int{8080}, Networks: map[string]string{"bg": fmt.Sprintf("10.0.%d.%d", i/250, i%250+2)},
		})
	}
	t.Setenv("DOCKER_HOST", engine.Listen(t))
	s, err := store.Open(filepath.Join(t.TempDir(), "bg.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	p, err := traefik.NewPublisher(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctl := New(Config{
		Version: "test", Store: s, Publisher: p, Log: log, Watch: docker.New(docker.Options{Network: "bg", Log: log}).Run,
		Confirm:     func(context.Context, uint64) error { return nil },
		Health:      probe.NewChecker().Run,
		Check:       func(context.Context) (traefik.Info, []traefik.Problem) { return traefik.Info{Version: "3.7.10"}, nil },
		Entrypoints: func(context.Context) ([]traefik.Entrypoint, error) { return nil, nil },
	})
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- ctl.Run(ctx) }()
	for live, after := 0, uint64(0); live < n/2; {
		st, err := ctl.Status(ctx, after)
		if err != nil || ctx.Err() != nil {
			t.Fatalf("%d apps are live, %v", live, err)
		}
		live, after = 0, st.Revision
		for _, a := range st.Apps {
			if a.Live && a.Active == "blue" {
				live++
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	m := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(status)
	if err != nil || m == nil {
		t.Skipf("the kernel does not tell: %v", err)
	}
	fmt.Printf("peak %s KiB\n", m[1])
}
