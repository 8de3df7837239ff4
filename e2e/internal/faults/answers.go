package faults

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"bg/controller/api"
	"bg/controller/docker/dockertest"
	"bg/e2e/internal/lab"
)

var answers = []Fault{
	{
		Number: 7, Text: "list or inspect hangs, others unaffected and routes held", On: Fake, Bound: 3 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, hung) },
	},
	{
		Number: 8, Text: "empty, partial and 500 answers, routes held", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, garbled) },
	},
}

// hung lets every inspect of one app hang, then every list too, while the other
// app's canary ends.
func hung(ctx context.Context, s *scene) error {
	if err := s.half(ctx, "one"); err != nil {
		return err
	}
	for _, c := range []string{"blue", "green"} {
		s.engine.BreakInspect(id("two", c), dockertest.Hang)
		s.engine.SetHealth(id("two", c), "unhealthy", 1)
	}
	s.engine.Break(dockertest.List, dockertest.Hang)
	before := s.engine.Calls(dockertest.List)
	if err := s.until(ctx, "a list that hangs", func() bool { return s.engine.Calls(dockertest.List) > before }); err != nil {
		return err
	}
	from := time.Now()
	s.engine.Exit(id("one", "green"), 137, false)
	if err := s.converges(ctx, from, "green to fall", fell("one")); err != nil {
		return err
	}
	if err := s.await(ctx, "the trouble to be told", alarmed("docker", "")); err != nil {
		s.wrong("%v", err)
	}
	if err := s.holds(ctx, "two", "while its inspects hang"); err != nil {
		return err
	}
	s.engine.Break(dockertest.List, "")
	for _, c := range []string{"blue", "green"} {
		s.engine.BreakInspect(id("two", c), "")
		s.engine.SetHealth(id("two", c), "healthy", 0)
	}
	return s.await(ctx, "Docker to be well", mended("docker"))
}

// garbled has lists and inspects answered in every wrong way, one after the other.
func garbled(ctx context.Context, s *scene) error {
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	for _, f := range []dockertest.Fault{
		dockertest.Empty, dockertest.Partial, dockertest.Null, dockertest.NoContent,
		dockertest.Error, dockertest.Moved, dockertest.Refuse,
	} {
		lists, inspects := s.engine.Calls(dockertest.List), s.engine.Calls(dockertest.Inspect)
		s.engine.Break(dockertest.List, f)
		s.engine.BreakInspect(id("two", "blue"), f)
		s.engine.Cut() // so that it lists anew
		s.engine.Emit(id("two", "blue"), "update", nil)
		if err := s.until(ctx, fmt.Sprintf("both to be answered with %s", f), func() bool {
			return s.engine.Calls(dockertest.List) > lists && s.engine.Calls(dockertest.Inspect) > inspects
		}); err != nil {
			return err
		}
		if err := s.holds(ctx, "two", fmt.Sprintf("while answers are %s", f)); err != nil {
			return err
		}
		if now, err := os.ReadFile(s.file()); err != nil || !bytes.Equal(now, before) {
			s.wrong("the file changed at answers that are %s: %v", f, err)
		}
		s.engine.Break(dockertest.List, "")
		s.engine.BreakInspect(id("two", "blue"), "")
		if err := s.await(ctx, "Docker to be well", mended("docker")); err != nil {
			return err
		}
	}
	return nil
}

// holds books a violation unless the app's blue has all users, now and through
// a moment of load.
func (s *scene) holds(ctx context.Context, name, when string) error {
	for range 2 {
		status, err := s.controller.Client.Status(ctx, 0, 0)
		if err != nil {
			return err
		}
		if err := app(name, func(x api.App) error {
			if got := color(x, "blue"); x.Active != "blue" || got.Weight != 100 {
				return fmt.Errorf("%s is active, blue has %d%%", x.Active, got.Weight)
			}
			return nil
		})(status); err != nil {
			s.wrong("%s, %s: %v", name, when, err)
		}
		if err := s.users[name].flow(ctx, calm); err != nil {
			return err
		}
	}
	return nil
}

// until waits for what nobody announces.
func (s *scene) until(ctx context.Context, what string, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
