package traefik

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/controller/rollout"
)

const image = "traefik:v3.7"

// images makes the image of Traefik, once, where it is missing.
var images = sync.OnceValue(func() error {
	if exec.Command("docker", "image", "inspect", image).Run() == nil {
		return nil
	}
	make := exec.Command("go", "run", "bg/e2e/images")
	make.Stdout, make.Stderr = os.Stderr, os.Stderr
	if err := make.Run(); err != nil {
		return fmt.Errorf("make %s: %w", image, err)
	}
	return nil
})

// real is a Traefik in a container, with an API of its own.
type real struct {
	publisher *Publisher
	client    *Client
	dir       string
	ports     map[string]string // by container port: host:port
	name      string
	secure    bool // the entrypoint at 443 is for TLS alone
}

// startTraefik runs a Traefik until the test ends, with an entrypoint web at
// :80 and what else the flags say; ports are those of further entrypoints.
// Without Docker the test is skipped, but not in CI.
func startTraefik(t testing.TB, ports []string, flags ...string) *real {
	t.Helper()
	if out, err := exec.Command("docker", "version", "--format", "ok").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no Docker: %v: %s", err, out)
		}
		t.Skipf("no Docker: %v", err)
	}
	if err := images(); err != nil {
		t.Fatal(err)
	}
	r := &real{dir: t.TempDir(), ports: make(map[string]string), name: "bg-test-" + strings.ToLower(rand.Text())}
	if err := os.Chmod(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	docker(t, "network", "create", r.name)
	t.Cleanup(func() { docker(t, "network", "rm", r.name) })

	args := []string{"run", "-d", "--name", r.name, "--network", r.name, "-v", r.dir + ":/dynamic:ro"}
	ports = append([]string{"80", "8080"}, ports...)
	for _, p := range ports {
		args = append(args, "-p", "127.0.0.1::"+p)
	}
	args = append(args, image,
		"--global.checkNewVersion=false", "--global.sendAnonymousUsage=false",
		"--entryPoints.web.address=:80", "--entryPoints.traefik.address=:8080", "--api.insecure=true",
		"--providers.file.directory=/dynamic", "--log.level=INFO")
	if !slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "--providers.providersThrottle") }) {
		args = append(args, "--providers.providersThrottleDuration=0s")
	}
	t.Cleanup(func() {
		if t.Failed() {
			out, _ := exec.Command("docker", "logs", "--tail", "30", r.name).CombinedOutput()
			t.Logf("Traefik's log:\n%s", out)
		}
		docker(t, "rm", "-f", "-v", r.name)
	})
	docker(t, append(args, flags...)...)
	for _, p := range ports {
		r.ports[p] = ""
	}
	r.secure = slices.Contains(flags, "--entryPoints.websecure.http.tls=true")
	var err error
	if r.publisher, err = NewPublisher(r.dir); err != nil {
		t.Fatal(err)
	}
	r.reach(t)
	return r
}

// reach finds out where the running Traefik is, and waits for its API.
func (r *real) reach(t testing.TB) {
	t.Helper()
	var entrypoints []string
	for p := range r.ports {
		r.ports[p] = strings.TrimSpace(docker(t, "port", r.name, p+"/tcp"))
		switch {
		case p == "443" && r.secure:
			entrypoints = append(entrypoints, "https://"+r.ports[p])
		case p != "8080":
			entrypoints = append(entrypoints, r.ports[p])
		}
	}
	var err error
	if r.client, err = New("http://"+r.ports["8080"], entrypoints); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.client.Close)
	r.waitForAPI(t)
}

func docker(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r *real) waitForAPI(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		_, err := r.client.ask(ctx, "api/version", "", nil)
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// release publishes a routing and waits until it is live.
func (r *real) release(t testing.TB, routing *rollout.Routing, cert *Certificate) time.Duration {
	t.Helper()
	data, err := Render(routing, cert)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := r.publisher.Publish(data); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.client.Confirm(ctx, routing.Generation); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}
