package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/lab"
	"bg/e2e/load"
)

// proxies are the faults of Traefik.
var proxies = []Fault{
	{
		Number: 19, Text: "Traefik misses the change, written once more and then aborted", On: Fake, Bound: 15 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, unheard) },
	},
	{
		Number: 20, Text: "a malformed file of somebody else, named and aborted", On: Fake, Bound: 15 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, malformed) },
	},
	{
		Number: 21, Text: "Traefik restarted in mid-switch, converges", On: Real,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, restartedProxy) },
	},
	{
		Number: 22, Text: "Traefik's API down, old color never stopped", On: Real, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, mute) },
	},
}

// unheard has the controller write to a place that leads to another folder than the
// one that Traefik watches, so that it never hears of the change.
func unheard(ctx context.Context, s *scene) error {
	elsewhere := filepath.Join(s.Folder, "elsewhere")
	// With the same lock, or it would be somebody else's folder.
	lock := filepath.Join(".bg", "lock")
	err := errors.Join(os.MkdirAll(filepath.Join(elsewhere, ".bg"), 0o755),
		os.Link(filepath.Join(s.Dynamic, lock), filepath.Join(elsewhere, lock)))
	if err != nil {
		return err
	}
	lead := func(to string) error {
		temp := s.options.Dynamic + ".new"
		return errors.Join(os.Symlink(to, temp), os.Rename(temp, s.options.Dynamic))
	}
	// The scene began in the folder itself; what was is found there again.
	if err := s.controller.Stop(); err != nil {
		return err
	}
	s.options.Dynamic = filepath.Join(s.Folder, "link")
	if err := lead(s.Dynamic); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	if err := s.await(ctx, "one to wait", waits("one")); err != nil {
		return err
	}
	if err := lead(elsewhere); err != nil {
		return err
	}
	if err := s.aborted(ctx, "one"); err != nil {
		return err
	}
	if err := lead(s.Dynamic); err != nil {
		return err
	}
	return s.works(ctx, "two")
}

// malformed puts a file into the folder because of which Traefik takes none over.
func malformed(ctx context.Context, s *scene) error {
	name := filepath.Join(s.Dynamic, "somebody.yml")
	if err := os.WriteFile(name, []byte("http: [\n"), 0o644); err != nil {
		return err
	}
	if err := s.await(ctx, "the file to be named", alarmed("traefik", "somebody.yml")); err != nil {
		s.wrong("%v", err)
	}
	if err := s.aborted(ctx, "one"); err != nil {
		return err
	}
	if err := os.Remove(name); err != nil {
		return err
	}
	return s.works(ctx, "two")
}

// aborted promotes green and waits until that is taken back.
func (s *scene) aborted(ctx context.Context, name string) error {
	from := time.Now()
	if _, err := s.command(ctx, name, api.VerbPromote, api.Command{}); err != nil {
		return err
	}
	err := s.converges(ctx, from, "the promotion to be taken back", app(name, func(x api.App) error {
		if x.Active != "blue" || color(x, "blue").Weight != 100 {
			return fmt.Errorf("%s is active, note %q", x.Active, x.Note)
		}
		return nil
	}))
	if err != nil {
		return err
	}
	events, err := s.controller.Client.History(ctx, name, 10)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Change == "abort" {
			s.note("aborted: %s", e.Cause)
			return nil
		}
	}
	s.wrong("the history tells of no abort")
	return nil
}

// works promotes green of an app that has seen nothing yet, live.
func (s *scene) works(ctx context.Context, name string) error {
	if _, err := s.command(ctx, name, api.VerbPromote, api.Command{}); err != nil {
		return err
	}
	if err := s.await(ctx, name+" to be released after it", serves(name, "green")); err != nil {
		s.wrong("%v", err)
		return nil
	}
	_, err := s.users[name].first(ctx, time.Now(), of("green"))
	return err
}

// restartedProxy restarts Traefik and promotes green meanwhile, each time at another
// moment: while it still serves, while it is gone, while it comes back.
func restartedProxy(ctx context.Context, p *place) error {
	if err := p.pair(ctx, nil); err != nil {
		return err
	}
	u, err := p.visit(ctx)
	if err != nil {
		return err
	}
	restarted := make(chan error, 1)
	go func() {
		_, err := p.docker(ctx, "restart", "-t", "1", p.Traefik)
		restarted <- err
	}()
	select {
	case <-time.After(time.Duration(p.n%8) * 100 * time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	commanded := p.command(ctx, api.VerbPromote)
	if err := errors.Join(<-restarted, commanded); err != nil {
		return err
	}
	from := time.Now()
	if err := p.converges(ctx, from, "green to serve", serves(p.name, "green")); err != nil {
		return err
	}
	settled, err := p.answered(ctx, u, from, "green")
	if err != nil {
		return err
	}
	if err := u.flow(ctx, calm); err != nil {
		return err
	}
	if n := u.count(func(a load.Answer) bool { return a.Sent.After(settled) && !of("green")(a) }); n > 0 {
		p.wrong("%d requests were lost or went to blue after green had answered", n)
	}
	return nil
}

// mute takes the controller off the network on which Traefik's API is, and promotes
// green, whose blue would be stopped a second after that was confirmed.
func mute(ctx context.Context, p *place) (err error) {
	if err := p.pair(ctx, map[string]string{"bg.soak": "0s", "bg.drain": "1s"}); err != nil {
		return err
	}
	blue, err := p.container(ctx, "blue")
	if err != nil {
		return err
	}
	u, err := p.visit(ctx)
	if err != nil {
		return err
	}
	network := p.Project + "_api"
	if _, err := p.docker(ctx, "network", "disconnect", network, p.Controller); err != nil {
		return err
	}
	connect := sync.OnceValue(func() error {
		_, err := p.docker(context.WithoutCancel(ctx), "network", "connect", network, p.Controller)
		return err
	})
	defer func() { err = errors.Join(err, connect()) }()
	if err := p.command(ctx, api.VerbPromote); err != nil {
		return err
	}
	if err := p.await(ctx, "the trouble to be told", alarmed("confirm", "")); err != nil {
		p.wrong("%v", err)
	}
	if err := u.flow(ctx, 2*time.Second); err != nil {
		return err
	}
	if state, err := p.docker(ctx, "inspect", "--format", "{{.State.Status}}", blue); err != nil || state != "running" {
		p.wrong("blue is %s although green was not seen live, %v", state, err)
	}
	if err := connect(); err != nil {
		return err
	}
	from := time.Now()
	if err := p.converges(ctx, from, "green to serve", serves(p.name, "green")); err != nil {
		return err
	}
	// Only now, and after its drain, may blue go.
	return p.await(ctx, "blue to be stopped", app(p.name, func(x api.App) error {
		if c := color(x, "blue").Containers; len(c) != 1 || c[0].Condition != "exited" {
			return fmt.Errorf("blue is %+v", c)
		}
		return nil
	}))
}
