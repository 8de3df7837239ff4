package controller

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/controller/api"
	"bg/controller/docker"
	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
	"bg/controller/store"
	"bg/controller/traefik"
)

// notes is a log that is written by many.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// The fake Docker tells the environment and the output of health checks of
// every container, with the password hunter2 in them. Labels that are neither
// bg's nor Traefik's hold another one.
//
// Attack 22 of the bar: secrets of containers: never stored, logged or shown.
func TestSecretsOfContainersAreNeverStoredLoggedOrShown(t *testing.T) {
	engine := dockertest.New("bg")
	sample := func(n int, color, health string) dockertest.Container {
		return dockertest.Container{
			ID: dockertest.ID(n), Name: "shop-" + color + "-web-1", State: "running", Health: health, Failing: 3,
			Labels: map[string]string{
				"bg.enable": "true", "com.docker.compose.project": "shop-" + color, "com.docker.compose.service": "web",
				"traefik.http.routers.web.rule": "Host(`shop.test`)", "backup.password": "swordfish",
			},
			Ports: []int{8080}, Networks: map[string]string{"bg": "10.0.0." + string(rune('0'+n))},
		}
	}
	engine.Put(sample(1, "blue", "healthy"))
	engine.Put(sample(2, "green", "unhealthy"))
	stray := sample(3, "green", "unhealthy") // is refused, with a reason
	stray.Name, stray.Labels["bg.colour"], stray.Labels["com.docker.compose.service"] = "shop-green-tool-1", "red", "tool"
	engine.Put(stray)
	t.Setenv("DOCKER_HOST", engine.Listen(t))

	dir, state, log := t.TempDir(), t.TempDir(), &notes{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := store.Open(filepath.Join(state, "bg.db"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := traefik.NewPublisher(dir)
	if err != nil {
		t.Fatal(err)
	}
	options := docker.Options{Network: "bg", Log: logger}
	actor := docker.NewActor(options)
	ctl := New(Config{
		Version: "test", Store: s, Publisher: p, Log: logger, Watch: docker.New(options).Run,
		Confirm: func(context.Context, uint64) error { return nil }, Start: actor.Start, Stop: actor.Stop,
		Check:       func(context.Context) (traefik.Info, []traefik.Problem) { return traefik.Info{Version: "3.7.10"}, nil },
		Entrypoints: func(context.Context) ([]traefik.Entrypoint, error) { return nil, nil },
		Health:      func(ctx context.Context, _ <-chan []rollout.Checkup, _ func(map[string]rollout.Check)) { <-ctx.Done() },
	})
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- ctl.Run(ctx) }()

	// Blue is routed, green is shown as unhealthy and then dies.
	wait := func(what string, is func(api.Status) bool) api.Status {
		t.Helper()
		var st api.Status
		for !is(st) {
			if st, err = ctl.Status(ctx, st.Revision); err != nil || ctx.Err() != nil {
				t.Fatalf("%s: %v, %+v", what, err, st)
			}
		}
		return st
	}
	wait("blue is live", func(st api.Status) bool { return len(st.Apps) == 1 && st.Apps[0].Live && st.Apps[0].Active == "blue" })
	engine.Exit(dockertest.ID(2), 1, true)
	st := wait("green is dead", func(st api.Status) bool {
		shown, _ := json.Marshal(st)
		return bytes.Contains(shown, []byte("exited"))
	})
	_, refused := ctl.Command(ctx, "shop", api.VerbPromote, api.Command{Actor: "ada"})
	history, err := ctl.History(ctx, "", 1000)
	if err != nil || len(history) == 0 {
		t.Errorf("the history is %v, %v", history, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	told := map[string]string{"log": log.String(), "refusal": refused.Error()}
	for name, v := range map[string]any{"status": st, "history": history} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		told[name] = string(text)
	}
	for _, folder := range []string{dir, state} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			told[path] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(told[filepath.Join(dir, "bg.yml")], "10.0.0.1:8080") {
		t.Error("blue is not routed: this test looks at nothing")
	}
	for name, text := range told {
		if text == "" && filepath.Base(name) != "lock" {
			t.Errorf("%s is empty", name)
		}
		for _, secret := range []string{"hunter2", "TOKEN", "swordfish"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}
