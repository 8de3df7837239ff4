package faults

import (
	"context"
	"time"

	"bg/e2e/internal/lab"
)

var events = []Fault{
	{
		Number: 1, Text: "event stream cut, converges", On: Fake, Bound: 5 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, cut) },
	},
	{
		Number: 2, Text: "event stream silent, converges", On: Fake, Bound: 15 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, silent) },
	},
}

// cut ends the stream while a canary ends, of which nobody tells later.
func cut(ctx context.Context, s *scene) error {
	if err := s.half(ctx, "one"); err != nil {
		return err
	}
	from := time.Now()
	s.engine.Cut()
	s.engine.Mute(true)
	s.engine.Exit(id("one", "green"), 137, false)
	s.engine.Mute(false)
	return s.converges(ctx, from, "green to fall", fell("one"))
}

// silent leaves the stream open and tells nothing.
func silent(ctx context.Context, s *scene) error {
	if err := s.half(ctx, "one"); err != nil {
		return err
	}
	from := time.Now()
	s.engine.Mute(true)
	s.engine.Exit(id("one", "green"), 137, false)
	return s.converges(ctx, from, "green to fall", fell("one"))
}
