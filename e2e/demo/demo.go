package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bg/e2e/internal/flip"
	"bg/e2e/internal/show"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

const (
	app  = "bg-demo"
	host = "shop.localhost"
	file = "e2e/demo/shop.yaml"
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

// bg runs `docker bg ...`, with settings before it as people type them, and
// shows the line and what it says. It returns the exit code and how long that
// took; a code other than 0 is no error.
func (d *demo) bg(ctx context.Context, settings []string, args ...string) (int, time.Duration, error) {
	d.typed(strings.Join(append(append(settings, "docker", "bg"), args...), " "))
	cmd := d.tb.Docker(ctx, append([]string{"bg"}, args...)...)
	// There may be other controllers beside the demo's.
	cmd.Env = append(append(cmd.Env, settings...), "BG_CONTROLLER="+d.stack.Controller, "BG_HOST=", "BG_NETWORK="+network)
	var words bytes.Buffer // Compose's, and of what went wrong
	said := &lines{live: d.live}
	cmd.Stdout, cmd.Stderr = said, &words
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as in output
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	said.close()
	var left *exec.ExitError
	switch {
	case err == nil:
		return 0, took, nil
	case ctx.Err() != nil || !errors.As(err, &left):
		return -1, took, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), errors.Join(ctx.Err(), err))
	}
	if _, fault, found := strings.Cut(words.String(), "bg: "); found {
		d.live.Print("%s", strings.TrimRight(indent("bg: "+fault), "\n"))
	}
	d.live.Print("      %s", d.live.Style.Faint(fmt.Sprintf("exit code %d", left.ExitCode())))
	return left.ExitCode(), took, nil
}

// release runs bg deploy for a version, whose exit code is to be want.
func (d *demo) release(ctx context.Context, want int, settings ...string) error {
	code, took, err := d.bg(ctx, settings, "deploy", "--yes", "-f", file)
	if err == nil && code != want {
		err = fmt.Errorf("bg deploy of %s ended with exit code %d, and not %d", strings.Join(settings, " "), code, want)
	}
	if n := len(d.score.steps); n > 0 {
		d.score.steps[n-1].wall = took
	}
	return err
}

// lines shows what is written to it line by line, as it comes.
type lines struct {
	live *show.Live
	rest []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		l.live.Print("      %s", line)
		l.rest = rest
	}
}

func (l *lines) close() {
	if len(l.rest) > 0 {
		l.live.Print("      %s", l.rest)
	}
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
