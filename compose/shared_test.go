package compose

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const leaning = `services:
  web: {image: w, labels: {bg.enable: "true"}, depends_on: {db: {condition: service_healthy}, init: {condition: service_completed_successfully}, cache: {condition: service_started}}}
  db: {image: d}
  init: {image: i}
  cache: {image: c}
  idle: {image: o, scale: 0}
`

// line returns a container as docker compose ps prints it.
func line(service, state, health, code string) string {
	return `{"Name":"shop-` + service + `-1","Service":"` + service + `","State":"` + state + `","Health":"` + health + `","ExitCode":` + code + `,"Labels":"com.docker.compose.oneoff=False"}` + "\n"
}

// ups returns the services of every docker compose up.
func (f *fake) ups() []string {
	var ups []string
	for _, call := range f.calls() {
		if _, services, found := strings.Cut(call, " up -d --no-deps "); found {
			ups = append(ups, services)
		}
	}
	return ups
}

var allUp = line("db", "running", "healthy", "0") + line("init", "exited", "", "0") + line("cache", "running", "", "0")

func TestSharedServicesAreBroughtUpOnlyAsNeeded(t *testing.T) {
	p := mustLoad(t, leaning)
	for name, c := range map[string]struct {
		before   string
		recreate bool
		want     []string
	}{
		"all are up":               {allUp, false, nil},
		"printed as an array":      {"[" + strings.ReplaceAll(strings.TrimSpace(allUp), "\n", ",") + "]", false, nil},
		"none is there":            {"", false, []string{"--no-recreate cache db init"}},
		"one has stopped":          {strings.Replace(allUp, line("cache", "running", "", "0"), line("cache", "exited", "", "0"), 1), false, []string{"--no-recreate cache"}},
		"the one-off had failed":   {strings.Replace(allUp, line("init", "exited", "", "0"), line("init", "exited", "", "1"), 1), false, []string{"--no-recreate init"}},
		"a run container is no db": {strings.Replace(allUp, line("db", "running", "healthy", "0"), strings.Replace(line("db", "running", "", "0"), "False", "True", 1), 1), false, []string{"--no-recreate db"}},
		"asked for":                {allUp, true, []string{"cache db init"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, cli := newFake(t, reply{Match: " ps ", Out: c.before, Times: 1}, reply{Match: " ps ", Out: allUp})
			if err := cli.UpShared(t.Context(), p, c.recreate); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, f.ups()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNothingSharedNeedsNothing(t *testing.T) {
	f, c := newFake(t)
	if err := c.UpShared(t.Context(), mustLoad(t, services(web)), true); err != nil || len(f.calls()) > 0 {
		t.Error(err, f.calls())
	}
}

func TestTheConditionsAreWaitedForAndSaid(t *testing.T) {
	p := mustLoad(t, leaning)
	begun := line("db", "running", "starting", "0") + line("init", "running", "", "0") + line("cache", "running", "", "0")
	f, c := newFake(t, reply{Match: " ps ", Out: begun, Times: 3}, reply{Match: " ps ", Out: allUp})
	var said bytes.Buffer
	c.Stdout = &said
	if err := c.UpShared(t.Context(), p, false); err != nil {
		t.Fatal(err)
	}
	if want := "waiting for the shared services: db (service_healthy), init (service_completed_successfully)\n"; said.String() != want {
		t.Errorf("said %q", said.String())
	}
	if n := len(slices.DeleteFunc(f.calls(), func(s string) bool { return !strings.Contains(s, " ps ") })); n != 4 {
		t.Errorf("looked %d times", n)
	}
}

func TestWhatWillNotComeIsAnErrorWithItsLastLines(t *testing.T) {
	p := mustLoad(t, leaning)
	for name, c := range map[string]struct {
		service, now string
		want         []string
	}{
		"a failed one-off":     {"init", line("init", "exited", "", "7"), []string{"shared service init", "exit code 7", "its last lines:\nno disk"}},
		"a database that died": {"db", line("db", "exited", "", "1"), []string{"shared service db", "exit code 1", "no disk"}},
		"ended well":           {"db", line("db", "exited", "", "0"), []string{"db", "has ended"}},
		"unhealthy":            {"db", line("db", "running", "unhealthy", "0"), []string{"db", "unhealthy"}},
		"no healthcheck":       {"db", line("db", "running", "", "0"), []string{"db", "add healthcheck:"}},
		"paused":               {"cache", line("cache", "paused", "", "0"), []string{"cache", "docker unpause"}},
		"no container":         {"cache", "", []string{"cache", "scale"}},
	} {
		t.Run(name, func(t *testing.T) {
			var now string
			for l := range strings.Lines(allUp) {
				if !strings.Contains(l, `"Service":"`+c.service+`"`) {
					now += l
				}
			}
			_, cli := newFake(t, reply{Match: " ps ", Out: now + c.now}, reply{Match: "logs --tail", Err: "no disk\n"})
			err := cli.UpShared(t.Context(), p, false)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
		})
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	p := mustLoad(t, leaning)
	starting := strings.Replace(allUp, "healthy", "starting", 1)
	_, c := newFake(t, reply{Match: " ps ", Out: starting})
	ctx, cancel := context.WithCancelCause(t.Context())
	c.Stdout = writer(func([]byte) { cancel(errors.New("too late")) })
	if err := c.UpShared(ctx, p, false); err == nil || !strings.Contains(err.Error(), "db (service_healthy)") || !strings.Contains(err.Error(), "too late") {
		t.Error(err)
	}
}

func TestContainersOfColoredServicesInTheUsersProjectAreStrays(t *testing.T) {
	p := mustLoad(t, leaning)
	_, c := newFake(t, reply{Match: " ps ", Out: allUp + line("web", "running", "", "0")})
	got, err := c.Strays(t.Context(), p)
	if diff := cmp.Diff([]string{"shop-web-1"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
