package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/flip"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

// play tells the story.
func (d *demo) play(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		d.open, d.first, d.second, d.broken, d.buggy, d.crash, d.regret,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	d.stop()
	return d.finish(ctx)
}

// open starts docker-compose.yml.
func (d *demo) open(ctx context.Context) error {
	found, err := d.clear(ctx)
	if err != nil {
		return err
	}
	d.say("Start", "Traefik, which carries the traffic, and bg, which tells it where to")
	if found {
		d.done("removed what an earlier demo had left")
	}
	if err := d.plugin(); err != nil {
		return err
	}
	if err := d.claim(ctx); err != nil {
		return err
	}
	web, err := choosePort(80, 8080)
	if err != nil {
		return err
	}
	secure, err := choosePort(443, 8443)
	if err != nil {
		return err
	}
	line := "docker compose up -d"
	if web != 80 || secure != 443 {
		line = fmt.Sprintf("BG_HTTP_PORT=%d BG_HTTPS_PORT=%d %s", web, secure, line)
	}
	d.typed(line)
	if d.stack, err = stack.Up(ctx, d.tb, stack.Options{Project: project, Network: network, HTTPPort: web, HTTPSPort: secure}); err != nil {
		return err
	}
	taken := ""
	if web != 80 {
		taken = "; port 80 is taken here"
	}
	d.done("up at %s%s", d.url(), taken)
	return nil
}

// first releases v1, and begins the load.
func (d *demo) first(ctx context.Context) error {
	d.say("Release v1", "an app from an ordinary Compose file, with a few labels")
	if err := d.release(ctx, 0, "VERSION=v1"); err != nil {
		return err
	}
	d.done("blue is the first color, and gets all users")
	d.live.Print("    %d requests a second from here on; the bar shows who answers them.", d.rate)
	if err := d.start(); err != nil {
		return err
	}
	d.begin("v1 alone")
	return pause(ctx, 2*time.Second)
}

func (d *demo) second(ctx context.Context) error {
	d.say("Release v2", "migrated, started and tested beside v1; then 20%, 50% and all users")
	d.begin("v2 takes over by canary")
	if err := d.release(ctx, 0, "VERSION=v2"); err != nil {
		return err
	}
	return pause(ctx, 2*time.Second)
}

func (d *demo) broken(ctx context.Context) error {
	d.say("Release v3", "which looks healthy, and answers every request with an error")
	d.begin("v3 fails its smoke test")
	if err := d.release(ctx, 3, "VERSION=v3", "MODE=fail"); err != nil {
		return err
	}
	d.done("no user has seen v3")
	return pause(ctx, time.Second)
}

func (d *demo) buggy(ctx context.Context) error {
	d.say("Release v4", "which passes, and has a bug all the same")
	d.begin("v4 takes over by canary")
	if err := d.release(ctx, 0, "VERSION=v4"); err != nil {
		return err
	}
	return pause(ctx, 2*time.Second)
}

// crash makes v4 crash in its soak, and waits for bg to take its traffic away.
func (d *demo) crash(ctx context.Context) error {
	d.say("v4 crashes", "in its soak, on a request that it does not expect")
	crash := d.begin("v4 crashes, bg goes back to v2")
	crash.crash = true
	d.watch.Reset()
	url := d.url() + "/control?mode=crash"
	d.typed(fmt.Sprintf("curl -X POST -H 'Host: %s' '%s'", host, url))
	d.poison(ctx, url)
	limited, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	answered, err := d.watch.Await(limited, "green")
	if err != nil {
		return fmt.Errorf("bg did not take the traffic away from a crashed version: %w", err)
	}
	event, err := d.newest(ctx, "demote")
	if err != nil {
		return err
	}
	crash.first = max(0, answered.Sub(event.Time)) // Traefik's failover may be faster than bg
	after := ""
	if died, err := d.died(ctx); err == nil {
		after = fmt.Sprintf(", %d ms after the crash", answered.Sub(died).Milliseconds())
	}
	d.done("bg moved all users back to v2 by itself%s", after)
	d.live.Print("      %s", event.Cause)
	return pause(ctx, 3*time.Second)
}

// poison sends the request that v4 does not survive. Its answer does not
// matter. It is a POST, as nobody on the way may send that again: what kills
// one color would kill the other.
func (d *demo) poison(ctx context.Context, url string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		return
	}
	req.Host, req.Close = host, true
	if res, err := http.DefaultTransport.RoundTrip(req); err == nil {
		res.Body.Close()
	}
}

// url returns where users come in.
func (d *demo) url() string { return strings.TrimSuffix(d.stack.URL(), ":80") }

// died returns when blue's container ended, by Docker's clock.
func (d *demo) died(ctx context.Context) (time.Time, error) {
	text, err := d.docker(ctx, "inspect", "--format", "{{.State.FinishedAt}}", app+"-blue-web-blue-1")
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// regret releases v5 and goes back to v2.
func (d *demo) regret(ctx context.Context) error {
	d.say("Release v5", "which nothing is wrong with, but somebody wants v2 back")
	d.begin("v5 takes over by canary")
	if err := d.release(ctx, 0, "VERSION=v5"); err != nil {
		return err
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	d.say("Roll back", "v2 is warm for as long as v5 soaks")
	if err := d.rollback(ctx, d.begin("rollback to v2")); err != nil {
		return err
	}
	return pause(ctx, 2*time.Second)
}

// rollback goes back to green, and measures when users have it.
func (d *demo) rollback(ctx context.Context, one *step) error {
	p, err := flip.Start(ctx, flip.Options{Target: d.stack.URL(), Host: host, Rate: 2000})
	if err != nil {
		return err
	}
	defer func() { one.add(p.Stop()) }()
	var code int
	if code, one.wall, err = d.bg(ctx, nil, "rollback", app); err != nil {
		return err
	}
	if code != 0 {
		return fmt.Errorf("bg rollback ended with exit code %d", code)
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	answered, err := p.Await(limited, "green")
	if err != nil {
		return err
	}
	event, err := d.newest(ctx, "rollback")
	one.first = answered.Sub(event.Time)
	return err
}

// newest returns the last change of the app, which must be of that kind.
func (d *demo) newest(ctx context.Context, change string) (api.Event, error) {
	events, err := d.stack.History(ctx, app)
	if err != nil {
		return api.Event{}, err
	}
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Change == change {
			return events[i], nil
		}
	}
	return api.Event{}, errors.New("the history does not tell of a " + change)
}

func (d *demo) begin(name string) *step {
	var now load.Result
	if d.users != nil {
		now = d.users.Snapshot()
	}
	return d.score.begin(name, now)
}

func pause(ctx context.Context, t time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(t):
		return nil
	}
}
