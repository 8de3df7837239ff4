package faults

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// clients are the faults of bg deploy and of what it runs.
var clients = []Fault{
	{
		Number: 32, Text: "client killed at each step, resumable", On: Real, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onProject(ctx, killedClient) },
	},
	{
		Number: 33, Text: "hook hangs or fails, timed out and in a safe state", On: Real, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onProject(ctx, badHooks) },
	},
}

// project is an app on the shared stack that bg deploy releases.
type project struct {
	*place
	compose *stack.Project
}

// deployLimit is the longest that one bg deploy may take.
const deployLimit = 2 * time.Minute

// onProject runs play on a project whose first release has all users.
func (t *trial) onProject(ctx context.Context, play func(ctx context.Context, x *project) error) error {
	return t.onPlace(ctx, func(ctx context.Context, p *place) (err error) {
		c, err := p.NewProject("services: {}\n")
		if err != nil {
			return err
		}
		p.name, p.host = c.Name, c.Name+".test"
		x := &project{place: p, compose: c}
		if err := x.write("v0", nil); err != nil {
			return err
		}
		if _, err := x.deploy(ctx, 0); err != nil {
			return err
		}
		u, err := x.users(ctx, x.URL(), x.host, "")
		if err != nil {
			return err
		}
		x.guests = append(x.guests, u)
		if err := u.flow(ctx, calm); err != nil {
			return err
		}
		return play(ctx, x)
	})
}

// write puts a release into the Compose file, with hooks by their kind, each with
// the way in which it behaves. The app accepts requests for a moment after
// SIGTERM, as the README asks.
func (x *project) write(version string, hooks map[string]string) error {
	var b strings.Builder
	fmt.Fprintf(&b, `services:
  web:
    image: %s
    environment: {VERSION: %s, LINGER: 1s}
    healthcheck: {test: [CMD, /app, health], interval: 1s, timeout: 10s, retries: 2, start_period: 1s}
    labels:
      bg.enable: "true"
      bg.soak: 1s
      bg.drain: 1s
      bg.smoke.home.path: /
      bg.smoke.users.path: /
      bg.smoke.users.via: proxy
      traefik.http.routers.web.rule: "Host(%s)"
      traefik.http.routers.web.entrypoints: web
`, testbed.SampleImage, version, "`"+x.host+"`")
	for kind, mode := range hooks {
		limit := "1m" // Docker alone may take seconds to start one on a busy machine
		if mode == "hang" {
			limit = "3s"
		}
		fmt.Fprintf(&b, `  hook-%s:
    image: %s
    command: [hook, %s]
    labels: {bg.hook: %s, bg.deadline: %s}
    stop_grace_period: 1s
`, kind, testbed.SampleImage, mode, kind, limit)
	}
	return x.compose.Write(b.String())
}

// deploy runs bg deploy, which has to end with code, and returns what it said.
func (x *project) deploy(ctx context.Context, code int) (string, error) {
	limited, cancel := context.WithTimeout(ctx, deployLimit)
	defer cancel()
	stdout, stderr, got := x.compose.BG(limited, "deploy", "--yes", "--wait=soaked")
	switch said := stdout + stderr; {
	case ctx.Err() != nil:
		return said, ctx.Err()
	case got == -1:
		return said, fmt.Errorf("run bg deploy: %s", said)
	case got != code:
		x.wrong("bg deploy ended with code %d, want %d: %s", got, code, said)
	}
	return stdout + stderr, nil
}

// order is that of the steps at which a client is killed. Those of a release that
// are not among them have nothing to do here.
var order = []string{
	api.StepPrepare, api.StepExpand, api.StepStart, api.StepSmoke, api.StepTraffic, api.StepVerify, api.StepSoak, api.StepRetire,
}

// killedClient kills bg deploy at each step, and runs it again.
func killedClient(ctx context.Context, x *project) error {
	for i, step := range order {
		if err := x.write(fmt.Sprintf("v%d", i+1), map[string]string{"expand": "ok", "smoke": "ok", "promoted": "ok", "contract": "ok"}); err != nil {
			return err
		}
		if err := x.killedAt(ctx, step); err != nil {
			return fmt.Errorf("at %s: %w", step, err)
		}
	}
	return nil
}

func (x *project) killedAt(ctx context.Context, step string) error {
	before := x.releaseID(ctx)
	cmd := x.compose.Command(ctx, "deploy", "--yes")
	if err := cmd.Start(); err != nil {
		return err
	}
	reached := x.await(ctx, "the release to be at "+step, app(x.name, func(a api.App) error {
		switch r := a.Release; {
		case r == nil || r.ID == before:
			return errors.New("it has not begun")
		case r.Outcome == "" && slices.Index(order, r.Step) < slices.Index(order, step):
			return fmt.Errorf("it is at %s", r.Step)
		}
		return nil
	}))
	if err := crash(cmd); err != nil || reached != nil {
		return errors.Join(reached, err)
	}
	begun := x.releaseID(ctx)
	from := time.Now()
	if _, err := x.deploy(ctx, 0); err != nil {
		return err
	}
	x.took(time.Since(from))
	if after := x.releaseID(ctx); after != begun || begun == before {
		x.wrong("killed at %s: release %s went on as %s", step, begun, after)
	}
	return x.await(ctx, "its release to be done", x.ended(api.ReleaseDone))
}

// crash ends bg as a crash of its machine would.
func crash(cmd *exec.Cmd) error {
	err := cmd.Process.Kill()
	_ = cmd.Wait() // its error is the kill
	if cmd.ProcessState != nil && cmd.ProcessState.Exited() {
		return nil // it was faster
	}
	return err
}

// releaseID returns the ID of the app's newest release, "" if it is not known.
func (x *project) releaseID(ctx context.Context) (id string) {
	_ = x.await(ctx, "its release", app(x.name, func(a api.App) error {
		if a.Release != nil {
			id = a.Release.ID
		}
		return nil
	}))
	return id
}

// ended is true when the newest release has ended so.
func (x *project) ended(outcome string) func(api.Status) error {
	return app(x.name, func(a api.App) error {
		if a.Release == nil || a.Release.Outcome != outcome {
			return fmt.Errorf("the release is %+v", a.Release)
		}
		return nil
	})
}

// badHooks releases with hooks that fail or hang, before there is traffic and
// after. Blue has all users at the end of each.
func badHooks(ctx context.Context, x *project) error {
	for i, c := range []struct {
		kind, mode string
		code       int
		outcome    string
		says       string
	}{
		{"expand", "fail", 1, api.ReleaseFailed, "exited with code 1"},
		{"expand", "hang", 1, api.ReleaseFailed, "did not end within 3s"},
		{"smoke", "hang", 3, api.ReleaseDemoted, "did not end within 3s"},
		{"promoted", "fail", 3, api.ReleaseDemoted, "exited with code 1"},
	} {
		if err := x.write(fmt.Sprintf("v%d", i+1), map[string]string{c.kind: c.mode}); err != nil {
			return err
		}
		said, err := x.deploy(ctx, c.code)
		if err != nil {
			return err
		}
		if !strings.Contains(said, "hook-"+c.kind) || !strings.Contains(said, c.says) {
			x.wrong("a hook %s that is to %s: bg deploy does not say %q but %q", c.kind, c.mode, c.says, said)
		}
		if err := x.await(ctx, "its release to be "+c.outcome, x.ended(c.outcome)); err != nil {
			x.wrong("%v", err)
		}
		if err := x.await(ctx, "blue to serve", serves(x.name, "blue")); err != nil {
			x.wrong("%v", err)
		}
		if err := x.guests[0].flow(ctx, calm); err != nil {
			return err
		}
	}
	return nil
}
