package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// deployRate is the load of the tests of bg deploy, in requests a second.
const deployRate = 300

// project is a user's Compose project of one test, released with bg deploy.
type project struct {
	*app
	p *stack.Project
}

// recipe is what the test's Compose file holds: a service web, a shared service
// beside it if wanted, and hooks.
type recipe struct {
	version string
	labels  map[string]string // of web, beside those of every test
	env     map[string]string // of web
	hooks   map[string]string // kind -> mode of `app hook`
	command string            // of web, in JSON
	shared  bool              // a service db
	more    string            // further services, in YAML
}

func newProject(t *testing.T, s *stack.Stack, r recipe) *project {
	t.Helper()
	p, err := s.NewProject("services: {}\n")
	if err != nil {
		t.Fatal(err)
	}
	x := &project{app: &app{t: t, s: s, name: p.Name, host: p.Name + ".test"}, p: p}
	t.Cleanup(func() {
		if t.Failed() {
			x.logHistory()
		}
		if err := s.Discard(root, p.Name); err != nil {
			t.Error(err)
		}
	})
	x.write(r)
	return x
}

// write puts the recipe into the project's Compose file.
func (x *project) write(r recipe) {
	x.t.Helper()
	labels := map[string]string{
		"bg.enable": "true", "bg.soak": "2s", "bg.drain": "1s",
		"traefik.http.routers.web.rule":        "Host(`" + x.host + "`)",
		"traefik.http.routers.web.entrypoints": "web",
	}
	maps.Copy(labels, r.labels)
	// The app accepts requests for a second after SIGTERM, as the README asks.
	env := map[string]string{"VERSION": r.version, "LINGER": "1s"}
	maps.Copy(env, r.env)
	var b strings.Builder
	fmt.Fprintf(&b, "services:\n  web:\n    image: %s\n    labels: %s\n    environment: %s\n", testbed.SampleImage, mapping(labels), mapping(env))
	fmt.Fprintf(&b, "    healthcheck: {test: [CMD, /app, health], interval: 1s, timeout: 10s, retries: 2, start_period: 1s}\n")
	if r.command != "" {
		fmt.Fprintf(&b, "    command: %s\n", r.command)
	}
	if r.shared {
		fmt.Fprintf(&b, "    depends_on: {db: {condition: service_healthy}}\n")
		fmt.Fprintf(&b, "  db:\n    image: %s\n    healthcheck: {test: [CMD, /app, health], interval: 1s, timeout: 10s, retries: 2}\n", testbed.SampleImage)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.hooks)) {
		limit := "1m" // Docker alone may take seconds to start one on a busy machine
		if r.hooks[kind] == "hang" {
			limit = "3s"
		}
		fmt.Fprintf(&b, "  hook-%s:\n    image: %s\n    command: [hook, %s]\n    labels: {bg.hook: %s, bg.deadline: %s}\n    stop_grace_period: 1s\n", kind, testbed.SampleImage, r.hooks[kind], kind, limit)
	}
	b.WriteString(r.more)
	if err := x.p.Write(b.String()); err != nil {
		x.t.Fatal(err)
	}
}

// mapping writes a map in JSON, which YAML includes, with the dollars that
// Compose would fill in doubled.
func mapping(m map[string]string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "$", "$$")
}

// deploy runs bg deploy --yes and wants it to end with code. It returns all
// that was said.
func (x *project) deploy(code int, args ...string) string {
	x.t.Helper()
	stdout, stderr, got := x.p.BG(within(x.t, 2*time.Minute), append([]string{"deploy", "--yes"}, args...)...)
	if got != code {
		x.t.Fatalf("bg deploy %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	return stdout + stderr
}

// deploying starts bg deploy --yes, to be killed by the test.
func (x *project) deploying(args ...string) *exec.Cmd {
	x.t.Helper()
	cmd := x.p.Command(root, append([]string{"deploy", "--yes"}, args...)...)
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	return cmd
}

// ended waits for the outcome of the newest release.
func (x *project) ended(outcome string) api.App {
	x.t.Helper()
	a, _ := x.await("its release is "+outcome, func(a api.App) error {
		if a.Release == nil || a.Release.Outcome != outcome {
			return fmt.Errorf("the release is %+v", a.Release)
		}
		return nil
	})
	return a
}

// up returns the names of the containers of web in a color that run. That is
// asked of inspect: Docker tells of a container's end first, tidies up and only
// then takes it out of the list of ps, which a busy machine shows.
func (x *project) up(color string) []string {
	x.t.Helper()
	ids := strings.Fields(x.docker("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project="+x.name+"-"+color, "--filter", "label=com.docker.compose.service=web-"+color))
	if len(ids) == 0 {
		return nil
	}
	return strings.Fields(x.docker(append([]string{"inspect", "--format", "{{if .State.Running}}{{slice .Name 1}}{{end}}"}, ids...)...))
}

// steps returns the steps of the newest release that its history shows.
func (x *project) steps() string {
	x.t.Helper()
	events, err := x.s.History(within(x.t, patience), x.name)
	if err != nil {
		x.t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		switch e.Change {
		case "begin":
			out = nil
		case "step":
			step, _, _ := strings.Cut(e.Cause, ":")
			out = append(out, step)
		}
	}
	return strings.Join(out, " ")
}

// awaitStopped waits until no container of web in the color runs, or reports
// that some should.
func (x *project) awaitStopped(color string, stays bool) {
	x.t.Helper()
	if stays {
		x.t.Errorf("%s was to be left running", color)
		return
	}
	x.await(color+" is stopped", func(a api.App) error {
		for _, c := range a.Colors {
			for _, m := range c.Containers {
				if c.Color == color && m.Hook == "" && m.Condition != "exited" && m.Condition != "created" {
					return fmt.Errorf("%s is %s", m.Name, m.Condition)
				}
			}
		}
		return nil
	})
}

// awaitHook waits until the hook of green has run.
func (x *project) awaitHook(kind string) {
	x.t.Helper()
	x.await("hook "+kind+" has run", func(a api.App) error {
		for _, c := range a.Colors {
			for _, m := range c.Containers {
				if m.Hook == kind && m.Condition == "exited" {
					return nil
				}
			}
		}
		return fmt.Errorf("hook %s has not run", kind)
	})
}

// atStep reports whether the release under way has come to a step, or says where
// it is.
func atStep(a api.App, step string) error {
	if r := a.Release; r == nil || r.Outcome != "" || r.Step != step {
		return fmt.Errorf("the release is %+v", a.Release)
	}
	return nil
}
