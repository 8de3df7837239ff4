package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/compose"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
	"bg/labels"
)

// lookups is how often each name is looked up from each color.
const lookups = 1000

// house is a user's project with two colors beside it, on a network of the
// proxy's that no proxy is on.
type house struct {
	t             *testing.T
	name, network string
	folder        string
	project       *compose.Project
	strangers     []string // containers
}

// Both colored services are routed, so that both colors of both meet on the
// proxy's network, and use the shared service, so that they meet on the user's.
const houseFile = `
name: %s
x-app: &app
  image: %s
  expose: ["8080"]
  healthcheck: {test: ["CMD", "/app", "health"], interval: 1s, timeout: 10s, retries: 5}
services:
  web:
    <<: *app
    depends_on: [api, db]
    labels:
      bg.enable: "true"
      bg.promote: manual
      traefik.http.routers.web.rule: Host(` + "`%[1]s.test`" + `)
  api:
    <<: *app
    depends_on: [db]
    labels:
      bg.enable: "true"
      bg.promote: manual
      traefik.http.routers.api.rule: Host(` + "`api.%[1]s.test`" + `)
  db:
    <<: *app
`

func newHouse(t *testing.T) *house {
	need(t)
	t.Parallel()
	h := &house{t: t, name: "dns" + stack.Random(), folder: t.TempDir()}
	h.network = "a-" + h.name // before most names: Docker's name server goes by them
	t.Cleanup(h.remove)
	file := h.write("compose.yaml", []byte(fmt.Sprintf(houseFile, h.name, testbed.SampleImage)))
	var err error
	if h.project, err = compose.Load(within(t, patience), compose.Options{Files: []string{file}}); err != nil {
		t.Fatal(err)
	}
	h.docker("network", "create", h.network)
	h.up(h.name, file, "db")
	for _, name := range []string{"web", "api"} {
		h.stranger(name)
	}
	return h
}

// stranger starts a container that answers to a colored service's name on the
// proxy's network and on the user's: as that of another project does, and that
// of the user's own from before the first release.
func (h *house) stranger(name string) {
	h.t.Helper()
	container := h.name + "-stranger-" + name
	h.strangers = append(h.strangers, container)
	h.docker("run", "-d", "--name", container, "--network", h.network, "--network-alias", name, testbed.SampleImage)
	h.docker("network", "connect", "--alias", name, h.name+"_default", container)
}

func (h *house) write(name string, data []byte) string {
	file := filepath.Join(h.folder, name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		h.t.Fatal(err)
	}
	return file
}

// up starts a project and waits until Docker has all of it healthy.
func (h *house) up(project, file string, services ...string) {
	h.t.Helper()
	cmd := bed.Compose(within(h.t, 2*time.Minute), append([]string{
		"-p", project, "-f", file, "up", "-d", "--pull", "never", "--no-build", "--wait", "--wait-timeout", "60"}, services...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("up %s: %v: %s", project, err, out)
	}
}

func (h *house) release(color labels.Color) {
	h.t.Helper()
	data, err := h.project.Render(compose.Target{Color: color, Release: "1-0a1b2c3d", Network: h.network})
	if err != nil {
		h.t.Fatal(err)
	}
	h.up(h.project.ColorName(color), h.write(string(color)+".yaml", data))
}

func (h *house) docker(args ...string) string {
	h.t.Helper()
	out, err := bed.Docker(within(h.t, 2*time.Minute), args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// container returns the ID of the one container of a service.
func (h *house) container(project, service string) string {
	h.t.Helper()
	ids := strings.Fields(h.docker("ps", "-q", "--filter", "label=com.docker.compose.project="+project,
		"--filter", "label=com.docker.compose.service="+service))
	if len(ids) != 1 {
		h.t.Fatalf("%d containers of %s in %s", len(ids), service, project)
	}
	return ids[0]
}

// addresses returns what a container is reached at, on all of its networks.
func (h *house) addresses(container string) []string {
	h.t.Helper()
	return strings.Fields(h.docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", container))
}

// remove takes all away that the house made, in any state.
func (h *house) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if len(h.strangers) > 0 {
		if out, err := bed.Docker(ctx, append([]string{"rm", "-f", "-v"}, h.strangers...)...).CombinedOutput(); err != nil {
			h.t.Errorf("remove the strangers: %v: %s", err, out)
		}
	}
	for _, project := range []string{h.name + "-blue", h.name + "-green", h.name} {
		if out, err := bed.Compose(ctx, "-p", project, "down", "-v", "-t", "0").CombinedOutput(); err != nil {
			h.t.Errorf("remove %s: %v: %s", project, err, out)
		}
	}
	if out, err := bed.Docker(ctx, "network", "rm", h.network).CombinedOutput(); err != nil {
		h.t.Errorf("remove %s: %v: %s", h.network, err, out)
	}
}

func TestAColorFindsItsOwnSiblingsAndTheSharedServicesByName(t *testing.T) {
	h := newHouse(t)
	h.release(labels.Blue)
	h.release(labels.Green)

	shared := h.addresses(h.container(h.name, "db"))
	type question struct {
		from, name string
		color      labels.Color
		want       []string
	}
	var all []question
	for _, color := range labels.Colors {
		at := func(service string) []string {
			return h.addresses(h.container(h.project.ColorName(color), service+"-"+string(color)))
		}
		all = append(all,
			question{"web", "api", color, at("api")},
			question{"api", "web", color, at("web")},
			question{"web", "db", color, shared},
			question{"api", "db", color, shared})
	}
	answers := make([]string, len(all))
	var asking sync.WaitGroup
	for i, q := range all {
		container := h.container(h.project.ColorName(q.color), q.from+"-"+string(q.color))
		asking.Go(func() {
			out, err := bed.Docker(within(t, 2*time.Minute), "exec", container, "/app", "lookup", q.name, fmt.Sprint(lookups)).CombinedOutput()
			if answers[i] = string(out); err != nil {
				t.Errorf("look up %s from %s: %v: %s", q.name, container, err, out)
			}
		})
	}
	asking.Wait()
	for i, q := range all {
		right := 0
		for line := range strings.Lines(answers[i]) {
			var times int
			words := strings.Fields(line)
			if _, err := fmt.Sscan(words[0], &times); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if found := words[1:]; len(found) == 1 && slices.Contains(q.want, found[0]) {
				right += times
			}
		}
		t.Logf("%s: %s asked for %s: %d of %d answers are %s's own address (%q)", q.color, q.from, q.name, right, lookups, q.name, answers[i])
		if right != lookups {
			t.Errorf("%s: %s asked for %s: %d of %d right, want one of %v: %q", q.color, q.from, q.name, right, lookups, q.want, answers[i])
		}
	}
}
