package compose

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"bg/labels"
)

// realCLI returns the docker compose of this machine. Without one the test is
// skipped, and with CI=true it fails.
func realCLI(t *testing.T) (context.Context, CLI) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	c := CLI{Command: func(ctx context.Context, args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, "docker", args...)
	}}
	config := os.Getenv("DOCKER_CONFIG")
	if _, err := c.Version(ctx); err != nil && config == "" {
		// Where the end-to-end tests put the plugin that they build.
		if home, err := os.UserHomeDir(); err == nil {
			c.Env = []string{"DOCKER_CONFIG=" + filepath.Join(home, ".cache", "bg-e2e", "docker")}
		}
	}
	if _, err := c.Version(ctx); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return ctx, c
}

func TestDockerComposeReadsARenderingAsItIsMeant(t *testing.T) {
	ctx, c := realCLI(t)
	p := mustLoad(t, services(
		"  web: {image: w, ports: ['80:80'], container_name: cw, command: ['echo', '$$HOME'], depends_on: [api, db, migrate], volumes: ['data:/d'], labels: {bg.enable: 'true', bg.port: '80'}}",
		api, "  migrate: {image: m, restart: always, labels: {bg.hook: expand}}", db)+"volumes: {data: }")
	data, err := p.Render(Target{Color: labels.Green, Release: "1-aa", Network: "bg"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "green.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := c.output(ctx, colorArgs(p, labels.Green, file, "config", "--format", "json")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	var got struct {
		Services map[string]struct {
			Command   []string
			DependsOn map[string]any `json:"depends_on"`
			Networks  map[string]any
			Restart   string
		}
		Networks map[string]struct{ External bool }
		Volumes  map[string]struct {
			Name     string
			External bool
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	web := got.Services["web-green"]
	// docker compose doubles dollars again in what it prints.
	if len(got.Services) != 3 || web.Command[1] != "$$HOME" || len(web.DependsOn) != 1 || len(web.Networks) != 3 {
		t.Errorf("%+v", got)
	}
	if v := got.Volumes["data"]; v.Name != "shop_data" || !v.External || got.Services["migrate-green"].Restart != "no" {
		t.Errorf("%+v", got)
	}
}
