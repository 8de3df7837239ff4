package faults

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"bg/e2e/internal/lab"
)

// engines are the faults of Docker's own process, on a dockerd that the trial runs.
var engines = []Fault{
	{
		Number: 5, Text: "dockerd restarts with live-restore, no route removed", On: Real, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onDockerd(ctx, relived, "--live-restore") },
	},
	{
		Number: 6, Text: "dockerd restarts without, no request to a wrong container", On: Real,
		run: func(ctx context.Context, t *trial) error { return t.onDockerd(ctx, reborn) },
	},
}

// onDockerd runs play on a scene whose apps, with a blue each, run in a dockerd of
// its own.
func (t *trial) onDockerd(ctx context.Context, play func(ctx context.Context, s *scene, d *dockerd) error, args ...string) error {
	return t.onLab(ctx, func(ctx context.Context, l *lab.Lab) (err error) {
		d, err := newDockerd(ctx, l, args...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.Close()) }()
		return t.onReal(ctx, l, d.Host, lab.Options{Docker: d.Host}, colors[:1], func(ctx context.Context, s *scene) error {
			return play(ctx, s, d)
		})
	})
}

// relived restarts dockerd under running containers.
func relived(ctx context.Context, s *scene, d *dockerd) error {
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	if err := d.stop(ctx); err != nil {
		return err
	}
	if err := s.await(ctx, "Docker's absence to be told", alarmed("docker", "")); err != nil {
		s.wrong("%v", err)
	}
	if err := s.users["one"].flow(ctx, calm); err != nil {
		return err
	}
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := s.converges(ctx, time.Now(), "Docker to be well", mended("docker")); err != nil {
		return err
	}
	for _, app := range apps {
		if err := s.await(ctx, app+" to serve", serves(app, "blue")); err != nil {
			s.wrong("%v", err)
		}
	}
	now, err := os.ReadFile(s.file())
	if err == nil && !bytes.Equal(now, before) {
		s.wrong("the file changed")
	}
	return err
}

// reborn restarts dockerd with all of its containers, which get addresses in
// whatever order they start.
func reborn(ctx context.Context, s *scene, d *dockerd) error {
	if err := d.stop(ctx); err != nil {
		return err
	}
	if err := s.users["one"].flow(ctx, calm); err != nil {
		return err
	}
	if err := d.start(ctx); err != nil {
		return err
	}
	from := time.Now()
	for _, app := range apps {
		if err := s.converges(ctx, from, app+" to serve", serves(app, "blue")); err != nil {
			return err
		}
	}
	for _, app := range apps {
		if _, err := s.answered(ctx, s.users[app], from, "blue"); err != nil {
			return err
		}
	}
	return nil
}
