package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"bg/controller/api"
	"bg/e2e/internal/lab"
)

// disk are the faults of writes and of the process that writes. They are tried on
// the real program, built with failure points: see package failpoint.
var disk = []Fault{
	{
		Number: 16, Text: "SIGKILL at every failure point, file whole and converges", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.failingly(ctx, killed) },
	},
	{
		Number: 17, Text: "writes not synced are lost, still parses", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.failingly(ctx, unsynced) },
	},
	{
		Number: 18, Text: "ENOSPC, EIO, EROFS at every write, old routes and alarm", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.failingly(ctx, full) },
	},
}

// The points of a save, and those of a write in their order.
var (
	savePoints  = []string{"save", "commit"}
	writePoints = []string{"create", "write", "sync", "close", "rename", "syncdir"}
)

// failingly is onScene with failure points, none of which is set at first.
func (t *trial) failingly(ctx context.Context, play func(ctx context.Context, s *scene) error) error {
	binary, err := t.failing(ctx)
	if err != nil {
		return err
	}
	points, err := os.CreateTemp("", "bg-failpoints-")
	if err != nil {
		return err
	}
	points.Close()
	defer os.Remove(points.Name())
	o := lab.Options{Binary: binary, Env: []string{"BG_FAILPOINTS=" + points.Name()}}
	return t.onScene(ctx, o, func(ctx context.Context, s *scene) error {
		s.points = points.Name()
		return play(ctx, s)
	})
}

// arm has the controller fail at a point from now on; disarm mends it.
func (s *scene) arm(point, action string) error {
	return replace(s.points, []byte(point+" "+action+"\n"))
}

func (s *scene) disarm() error { return replace(s.points, nil) }

// replace is whole for a reader at any time.
func replace(path string, data []byte) error {
	temp := path + ".new"
	return errors.Join(os.WriteFile(temp, data, 0o600), os.Rename(temp, path))
}

// killed has the controller die at each point of a change, and starts it again.
func killed(ctx context.Context, s *scene) error {
	points := append(append(append([]string{}, savePoints...), "saved"), append(writePoints, "confirmed")...)
	for i, point := range points {
		if err := s.crash(ctx, point, 10+i, nil); err != nil {
			return fmt.Errorf("at point %s: %w", point, err)
		}
	}
	return s.crashAct(ctx)
}

// unsynced has the controller die where something was written but not synced, and
// takes that from the disk before it starts again, in the ways in which a disk may
// lose it.
func unsynced(ctx context.Context, s *scene) error {
	percent := 10
	for _, point := range []string{"sync", "close", "rename"} {
		for _, keep := range []float64{0, 0.5} {
			percent++
			if err := s.crash(ctx, point, percent, func([]byte) error { return s.cutStaged(keep) }); err != nil {
				return fmt.Errorf("at point %s: %w", point, err)
			}
		}
	}
	percent++
	err := s.crash(ctx, "syncdir", percent, func(before []byte) error { return replace(s.file(), before) })
	if err != nil {
		return fmt.Errorf("at point syncdir: %w", err)
	}
	if err := s.crash(ctx, "commit", percent+1, nil); err != nil {
		return fmt.Errorf("at point commit: %w", err)
	}
	return nil
}

// crash has the controller die at the point while it gives green of app one so
// many percent, does to the disk what spoil does, if given, with the file as it
// was before, and starts it again.
func (s *scene) crash(ctx context.Context, point string, percent int, spoil func(before []byte) error) error {
	status, err := s.controller.Client.Status(ctx, 0, 0)
	if err != nil {
		return err
	}
	old := share(status, "one", "green")
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	if err := s.arm(point, "kill"); err != nil {
		return err
	}
	_, answered := s.controller.Client.Command(ctx, "one", api.VerbCanary, api.Command{Percent: &percent, Actor: "faults"})
	if err := s.ended(ctx); err != nil {
		return err
	}
	if spoil != nil {
		if err := spoil(before); err != nil {
			return err
		}
	}
	found, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(found, &map[string]any{}); err != nil {
		s.wrong("killed at %s: the file does not parse: %v", point, err)
	}
	if err := s.disarm(); err != nil {
		return err
	}
	from := time.Now()
	if err := s.start(); err != nil {
		return err
	}
	err = s.converges(ctx, from, "the app to be live after "+point, app("one", func(x api.App) error {
		now := color(x, "green").Weight
		switch {
		case !x.Live:
			return errors.New("it is not live")
		case now != percent && (now != old || answered == nil):
			return fmt.Errorf("green has %d%%, was to get %d%% instead of %d%%", now, percent, old)
		}
		return nil
	}))
	if err != nil {
		return err
	}
	after, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	if !bytes.Equal(found, before) && !bytes.Equal(found, after) {
		s.wrong("killed at %s: the file was neither the last decision nor the one before", point)
	}
	if left, err := filepath.Glob(filepath.Join(s.Dynamic, ".bg", "*.bg-tmp")); err != nil || len(left) > 0 {
		s.wrong("killed at %s: %v is left after the next start, %v", point, left, err)
	}
	return s.users["one"].flow(ctx, calm)
}

// crashAct has the controller die just before it stops a standby.
func (s *scene) crashAct(ctx context.Context) error {
	if _, err := s.command(ctx, "two", api.VerbPromote, api.Command{}); err != nil {
		return err
	}
	if err := s.arm("act", "kill"); err != nil {
		return err
	}
	if err := s.ended(ctx); err != nil {
		return err
	}
	if err := s.disarm(); err != nil {
		return err
	}
	from := time.Now()
	if err := s.start(); err != nil {
		return err
	}
	return s.converges(ctx, from, "the standby to be stopped after act", app("two", func(x api.App) error {
		if c := color(x, "blue"); len(c.Containers) != 1 || c.Containers[0].Condition != "exited" {
			return fmt.Errorf("blue is %+v", c)
		}
		return serves("two", "green")(api.Status{Apps: []api.App{x}})
	}))
}

// ended waits until the controller has died at its point.
func (s *scene) ended(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	code, err := s.controller.Wait(ctx)
	if err == nil && code != -1 {
		err = fmt.Errorf("the controller ended with code %d before it was killed", code)
	}
	s.controller.Client.Close()
	return err
}

// cutStaged leaves so much of what lies in the stage.
func (s *scene) cutStaged(keep float64) error {
	staged, err := filepath.Glob(filepath.Join(s.Dynamic, ".bg", "*.bg-tmp"))
	if err == nil && len(staged) == 0 {
		err = errors.New("nothing lies in the stage")
	}
	for _, name := range staged {
		info, statErr := os.Stat(name)
		if statErr != nil {
			return statErr
		}
		err = errors.Join(err, os.Truncate(name, int64(keep*float64(info.Size()))))
	}
	return err
}

// full lets each step of a save and of a write fail with each error.
func full(ctx context.Context, s *scene) error {
	percent := 10
	for _, errno := range []string{"ENOSPC", "EIO", "EROFS"} {
		for _, point := range append(append([]string{}, savePoints...), writePoints...) {
			percent++
			if err := s.fail(ctx, point, errno, percent); err != nil {
				return fmt.Errorf("%s at point %s: %w", errno, point, err)
			}
		}
	}
	return nil
}

// fail lets one step fail while green of app one is given so many percent, and
// mends it again.
func (s *scene) fail(ctx context.Context, point, errno string, percent int) error {
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	if err := s.arm(point, errno); err != nil {
		return err
	}
	saving := point == "save" || point == "commit"
	_, answered := s.controller.Client.Command(ctx, "one", api.VerbCanary, api.Command{Percent: &percent, Actor: "faults"})
	if saving != (answered != nil) {
		s.wrong("%s at %s: the command was answered with error %v", errno, point, answered)
	}
	subject := "publish"
	if saving {
		subject = "state"
	}
	if err := s.await(ctx, "an alarm", alarmed(subject, "")); err != nil {
		s.wrong("%s at %s: %v", errno, point, err)
	}
	now, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	// When only the folder's sync fails the file is the new one.
	if point != "syncdir" && !bytes.Equal(now, before) {
		s.wrong("%s at %s: the file changed", errno, point)
	}
	if err := s.disarm(); err != nil {
		return err
	}
	from := time.Now()
	if err := s.converges(ctx, from, "the trouble to be over", mended(subject)); err != nil {
		return err
	}
	if saving {
		return nil
	}
	return s.converges(ctx, from, "the change to be live", weighs("one", "green", percent))
}

// share returns a color's percent.
func share(s api.Status, name, c string) int {
	percent := 0
	_ = app(name, func(x api.App) error { percent = color(x, c).Weight; return nil })(s)
	return percent
}
