package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/flip"
	"bg/e2e/internal/show"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

const (
	app  = "shop"
	host = "shop.localhost"
)

// demo is one run.
type demo struct {
	house
	live  *show.Live
	rate  int
	stack *stack.Stack
	users *load.Run
	meter *meter
	watch *flip.Watch // of the same answers
	score score
	ends  context.CancelFunc // of the meter
	ended chan struct{}
}

// start begins the load and shows it. Both last until close.
func (d *demo) start() error {
	ctx, cancel := context.WithCancel(context.Background())
	d.meter, d.watch = newMeter(), flip.NewWatch()
	users, err := load.Start(ctx, load.Options{
		Target: d.stack.URL(), Host: host, Rate: d.rate, Duration: 5 * time.Minute,
		Connections: 200, Timeout: 5 * time.Second, OnAnswer: func(a load.Answer) { d.meter.add(a); d.watch.Note(a) },
	})
	if err != nil {
		cancel()
		return err
	}
	d.users, d.ends, d.ended = users, cancel, make(chan struct{})
	every := time.Second
	if d.live.Style.Terminal {
		every = 100 * time.Millisecond
	}
	go func() {
		defer close(d.ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-tick.C:
				d.live.Renew(d.meter.line(d.live.Style, now))
			}
		}
	}()
	return nil
}

// stop ends the load and the line that shows it, and counts what came of it.
func (d *demo) stop() {
	if d.users == nil {
		return
	}
	result := d.users.Stop()
	d.ends()
	<-d.ended
	d.live.Clear()
	d.score.end(result)
	d.users = nil
}

func (d *demo) close() { d.stop() }

// say begins a new part of the story.
func (d *demo) say(name, text string) {
	d.live.Print("\n%s", heading(d.live.Style, name, text))
}

func heading(s show.Style, name, text string) string {
	return strings.TrimRight(fmt.Sprintf("  %s  %s", s.Bold(name), text), " ")
}

func (d *demo) done(format string, args ...any) {
	d.live.Print("    %s %s", d.live.Style.Good("✓"), fmt.Sprintf(format, args...))
}

// typed shows a command as somebody would type it.
func (d *demo) typed(line string) {
	d.live.Print("    %s %s", d.live.Style.Faint("$"), d.live.Style.Command(line))
}

// bg runs `docker bg ...` and shows both the line and what it says. It
// returns how long that took.
func (d *demo) bg(ctx context.Context, args ...string) (time.Duration, error) {
	d.typed("docker bg " + strings.Join(args, " "))
	cmd := d.tb.Docker(ctx, append([]string{"bg"}, args...)...)
	// There may be other controllers beside the demo's.
	cmd.Env = append(cmd.Env, "BG_CONTROLLER="+d.stack.Controller, "BG_HOST=")
	start := time.Now()
	text, err := output(cmd)
	if text != "" {
		d.live.Print("%s", strings.TrimRight(indent(text), "\n"))
	}
	return time.Since(start), err
}

// release runs `docker compose up` for a color, and waits until bg sees it
// ready.
func (d *demo) release(ctx context.Context, color, version string) error {
	const file = "e2e/demo/shop.yaml"
	args := []string{"-p", app + "-" + color, "-f", file, "up", "-d"}
	d.typed(fmt.Sprintf("COLOR=%s VERSION=%s docker compose %s", color, version, strings.Join(args, " ")))
	cmd := d.tb.Compose(ctx, args...)
	cmd.Env = append(cmd.Env, "COLOR="+color, "VERSION="+version)
	if _, err := output(cmd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return d.stack.Await(ctx, color+" to be ready", func(s api.Status) error {
		c, a := sideOf(s, color)
		if c == nil || !c.Ready || !a.Live || c.Role != "candidate" && c.Role != "active" {
			return errors.New(color + " is not ready yet")
		}
		return nil
	})
}

// sideOf returns the app's color in a status.
func sideOf(s api.Status, color string) (*api.Color, *api.App) {
	for i := range s.Apps {
		a := &s.Apps[i]
		for j := range a.Colors {
			if a.Name == app && a.Colors[j].Color == color {
				return &a.Colors[j], a
			}
		}
	}
	return nil, nil
}

// plugin puts bg where `docker bg` finds it: in the Docker configuration that
// belongs to the tests, not in the user's.
func (d *demo) plugin() error {
	data, err := os.ReadFile(d.tb.BG)
	if err != nil {
		return err
	}
	path := filepath.Join(d.tb.DockerConfig, "cli-plugins", "docker-bg")
	next := path + ".new"
	if err := os.WriteFile(next, data, 0o755); err != nil {
		return err
	}
	return os.Rename(next, path)
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("      " + line)
	}
	return b.String()
}
