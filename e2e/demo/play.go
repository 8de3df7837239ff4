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
		d.open, d.first, d.canary, d.promote, d.broken, d.crash,
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

// first brings up blue, and the load.
func (d *demo) first(ctx context.Context) error {
	d.say("Release blue v1", "an app called shop, from a Compose file with five labels")
	if err := d.release(ctx, "blue", "v1"); err != nil {
		return err
	}
	d.done("blue is healthy and, as the first color, gets all users")
	d.live.Print("    %d requests a second from here on; the bar shows who answers them.", d.rate)
	if err := d.start(); err != nil {
		return err
	}
	d.begin("blue v1 alone")
	return pause(ctx, 2*time.Second)
}

func (d *demo) canary(ctx context.Context) error {
	d.say("Release green v2", "next to blue, which keeps all users")
	d.begin("green v2 comes up")
	if err := d.release(ctx, "green", "v2"); err != nil {
		return err
	}
	d.done("green is healthy and waits, for the Compose file says bg.promote: manual")
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	d.say("Canary", "one user in ten")
	d.begin("canary, 10% to green v2")
	if err := d.switches(ctx, "green", "canary", app, "10"); err != nil {
		return err
	}
	return pause(ctx, 5*time.Second)
}

func (d *demo) promote(ctx context.Context) error {
	d.say("Promote", "all users, in one step")
	d.begin("promote green v2")
	if err := d.switches(ctx, "green", "promote", app); err != nil {
		return err
	}
	return pause(ctx, 4*time.Second)
}

func (d *demo) broken(ctx context.Context) error {
	d.say("Release blue v3", "which has a bug, but looks healthy")
	d.begin("blue v3 comes up")
	if err := d.release(ctx, "blue", "v3"); err != nil {
		return err
	}
	d.begin("promote blue v3")
	if err := d.switches(ctx, "blue", "promote", app); err != nil {
		return err
	}
	return pause(ctx, 3*time.Second)
}

// crash makes v3 crash, and waits for bg to take its traffic away.
func (d *demo) crash(ctx context.Context) error {
	d.say("v3 crashes", "on a request that it does not expect")
	crash := d.begin("v3 crashes, bg goes back to green v2")
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
	crash.first = answered.Sub(event.Time)
	after := ""
	if died, err := d.died(ctx); err == nil {
		after = fmt.Sprintf(", %d ms after the crash", answered.Sub(died).Milliseconds())
	}
	d.done("bg moved all users back to green by itself%s", after)
	d.live.Print("      %s", event.Cause)
	return pause(ctx, 3*time.Second)
}

// poison sends the request that v3 does not survive. Its answer does not
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
	text, err := d.docker(ctx, "inspect", "--format", "{{.State.FinishedAt}}", d.stack.Container(ctx, app, "blue", "web", 1))
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// switches runs a command of bg's that moves traffic to a color.
func (d *demo) switches(ctx context.Context, color string, args ...string) error {
	one := d.score.steps[len(d.score.steps)-1]
	p, err := flip.Start(ctx, flip.Options{Target: d.stack.URL(), Host: host, Rate: 2000})
	if err != nil {
		return err
	}
	defer func() { one.add(p.Stop()) }()
	if one.wall, err = d.bg(ctx, args...); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	answered, err := p.Await(limited, color)
	if err != nil {
		return err
	}
	if args[0] == "promote" { // from a canary too, where the color answers already
		_, answered = p.Streak()
	}
	event, err := d.newest(ctx, args[0])
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
