package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"bg/controller/api"
	"bg/e2e/internal/lab"
)

// controllers are the faults of bg's own process and of its state.
var controllers = []Fault{
	{
		Number: 23, Text: "two controllers, the second refuses", On: Fake, Bound: 5 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, doubled) },
	},
	{
		Number: 24, Text: "a frozen controller wakes after a takeover, fenced", On: Fake, Bound: 5 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, frozen) },
	},
	{
		Number: 26, Text: "20 restarts in the soak, full healthy time", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, restarted) },
	},
	{
		Number: 34, Text: "state file corrupt or of a newer version, refuses and routes stay", On: Fake, Bound: 5 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, corrupt) },
	},
}

// doubled starts a second controller on the same state, and one on the same
// folder with a state of its own.
func doubled(ctx context.Context, s *scene) error {
	for _, o := range []lab.Options{s.options, s.beside()} {
		if err := s.refuses(ctx, o, "only one", "stop the other one first"); err != nil {
			return err
		}
	}
	return s.works(ctx, "one")
}

// beside are the options of a controller with a state of its own.
func (s *scene) beside() lab.Options {
	o := s.options
	o.State = filepath.Join(s.Folder, "state-of-another")
	return o
}

// refuses starts a controller that has to end by itself, with an error that holds
// all texts, and must not have changed the file.
func (s *scene) refuses(ctx context.Context, o lab.Options, texts ...string) error {
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	from := time.Now()
	second, err := s.Lab.Start(o)
	if err != nil {
		return err
	}
	defer second.Kill()
	limited, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	code, err := second.Wait(limited)
	s.took(time.Since(from))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.wrong("it did not refuse: %v", err)
	case code <= 0:
		s.wrong("it ended with code %d", code)
	}
	said := second.LastWords(3)
	for _, text := range texts {
		if !strings.Contains(said, text) {
			s.wrong("it does not say %q but %q", text, said)
		}
	}
	now, err := os.ReadFile(s.file())
	if err == nil && !bytes.Equal(now, before) {
		s.wrong("it changed the file")
	}
	return err
}

// frozen stops the controller in its tracks. As long as it holds its lock nobody
// takes over; after somebody has tidied the lock away another one does, and what
// the first one then still wants to write must not reach the file.
func frozen(ctx context.Context, s *scene) error {
	if err := s.half(ctx, "one"); err != nil {
		return err
	}
	first := s.controller
	if err := first.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	defer first.Kill()
	if err := s.refuses(ctx, s.beside(), "only one"); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.Dynamic, ".bg", "lock")); err != nil {
		return err
	}
	s.options = s.beside()
	if err := s.start(); err != nil {
		return err
	}
	for _, app := range apps {
		if err := s.await(ctx, app+" to be taken over", live(app)); err != nil {
			return err
		}
	}
	before, err := os.ReadFile(s.file())
	if err != nil {
		return err
	}
	from := time.Now()
	// It wakes to news that make it decide.
	s.engine.Emit(id("two", "green"), "update", nil)
	percent := 30
	if err := first.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	_, accepted := first.Client.Command(ctx, "two", api.VerbCanary, api.Command{Percent: &percent, Actor: "faults"})
	limited, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	code, err := first.Wait(limited)
	s.took(time.Since(from))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.wrong("the woken one goes on: %v", err)
	case code <= 0:
		s.wrong("the woken one ended with code %d", code)
	}
	now, err := os.ReadFile(s.file())
	if err == nil && !bytes.Equal(now, before) {
		s.wrong("the woken one wrote the file (its command: %v)", accepted)
	}
	return err
}

// live is true when an app has an active color and Traefik serves its routing.
func live(name string) func(api.Status) error {
	return app(name, func(x api.App) error {
		if x.Active == "" || !x.Live {
			return fmt.Errorf("%s: active is %q, live %v, note %q", name, x.Active, x.Live, x.Note)
		}
		return nil
	})
}

// restarted kills the controller twenty times in the soak, each time as soon as it
// serves. Each life is much shorter than the soak; all of them with the pauses
// between them are longer.
func restarted(ctx context.Context, s *scene) error {
	if _, err := s.command(ctx, "one", api.VerbPromote, api.Command{}); err != nil {
		return err
	}
	born := time.Now()
	if err := s.await(ctx, "green to serve", serves("one", "green")); err != nil {
		return err
	}
	var alive time.Duration
	for range 20 {
		s.controller.Kill()
		alive += time.Since(born)
		if err := s.users["one"].flow(ctx, calm); err != nil { // without a controller
			return err
		}
		born = time.Now()
		if err := s.start(); err != nil {
			return err
		}
		if err := s.await(ctx, "green to serve again", serves("one", "green")); err != nil {
			return err
		}
	}
	is := s.blueStopped()
	if is && alive < soak {
		s.wrong("blue was stopped after the controller had seen %s of the soak's %s", alive.Round(time.Millisecond), soak)
	}
	s.note("the controller lived for %s altogether before its last life", alive.Round(time.Millisecond))
	from := time.Now()
	if err := s.until(ctx, "blue to be stopped", s.blueStopped); err != nil {
		s.wrong("%v", err)
	}
	s.took(time.Since(from))
	if total := alive + time.Since(born); total < soak {
		s.wrong("blue was stopped after %s of the soak's %s", total.Round(time.Millisecond), soak)
	}
	return nil
}

// blueStopped reports whether blue of app one was told to stop.
func (s *scene) blueStopped() bool {
	for _, e := range s.engine.Told() {
		if e.Actor.ID == id("one", "blue") && e.Action == "kill" {
			return true
		}
	}
	return false
}

// corrupt starts the controller on state files that it must not trust.
func corrupt(ctx context.Context, s *scene) error {
	if err := s.half(ctx, "one"); err != nil {
		return err
	}
	if err := s.controller.Stop(); err != nil {
		return err
	}
	path := filepath.Join(s.Folder, "state", "bg.db")
	good, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what  string
		spoil func() error
	}{
		{"is empty", func() error { return os.WriteFile(path, nil, 0o600) }},
		{"is cut in half", func() error { return os.WriteFile(path, good[:len(good)/2], 0o600) }},
		{"begins with another file", func() error {
			return os.WriteFile(path, append(bytes.Repeat([]byte("x"), 8192), good[8192:]...), 0o600)
		}},
		{"is of a newer version", func() error { return renew(path, good) }},
	} {
		if err := c.spoil(); err != nil {
			return err
		}
		spoiled, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen := len(s.out.Violations)
		if err := s.refuses(ctx, s.options, "state file"); err != nil {
			return err
		}
		now, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(now, spoiled) {
			s.wrong("it wrote the state file: %v", err)
		}
		for i := seen; i < len(s.out.Violations); i++ {
			s.out.Violations[i] = "a state file that " + c.what + ": " + s.out.Violations[i]
		}
		if err := s.users["one"].flow(ctx, calm); err != nil {
			return err
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	return s.await(ctx, "the copy to be taken up", weighs("one", "green", 50))
}

// renew makes the state file one of a version to come.
func renew(path string, good []byte) error {
	if err := os.WriteFile(path, good, 0o600); err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("version"), []byte("999"))
	})
	return errors.Join(err, db.Close())
}
