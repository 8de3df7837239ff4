package faults

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/lab"
	"bg/e2e/load"
)

// deaths are the faults of whole colors, and of those that nobody can judge.
var deaths = []Fault{
	{
		Number: 15, Text: "no healthcheck, own probe or a refusal that says so", On: Fake, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, unchecked) },
	},
	{
		Number: 30, Text: "old color dead, no rollback onto nothing", On: Real, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, nothingBehind) },
	},
	{
		Number: 31, Text: "both colors dead, last routes and an alarm", On: Real,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, bothDead) },
	},
}

// unchecked runs two more apps without a health check of Docker's: one that says
// nothing, which must say why it gets no users, and one that bg may ask itself.
func unchecked(ctx context.Context, s *scene) error {
	for _, app := range apps {
		s.engine.Remove(id(app, "green"))
	}
	for i, name := range []string{"bare", "asked"} {
		c := s.container(10+i, name, "blue")
		// The addresses are those of the greens, which are gone.
		c.Health, c.Networks = "", map[string]string{s.Lab.Name: s.Address["one-green"]}
		if name == "asked" {
			c.Labels["bg.health.path"], c.Labels["bg.health.interval"] = "/healthz", "200ms"
			c.Networks[s.Lab.Name] = s.Address["two-green"]
		}
		from := time.Now()
		s.engine.Run(c)
		cond := serves(name, "blue")
		if name == "bare" {
			cond = saysWhy(name, "health check")
		}
		if err := s.converges(ctx, from, name+" to be judged", cond); err != nil {
			return err
		}
	}
	return nil
}

// saysWhy is true when an app has no users and its containers or its note tell why.
func saysWhy(name, text string) func(api.Status) error {
	return app(name, func(x api.App) error {
		if x.Active != "" {
			return fmt.Errorf("%s is active", x.Active)
		}
		said := x.Note
		for _, c := range color(x, "blue").Containers {
			said += "; " + c.Detail
		}
		if !strings.Contains(said, text) {
			return fmt.Errorf("it says %q", said)
		}
		return nil
	})
}

// promoted has users come to a pair and gives them all to green. It returns them
// and blue's container.
func promoted(ctx context.Context, p *place) (u *traffic, blue string, err error) {
	if err = p.pair(ctx, nil); err != nil {
		return nil, "", err
	}
	if u, err = p.visit(ctx); err != nil {
		return nil, "", err
	}
	if err = p.promote(ctx); err != nil {
		return nil, "", err
	}
	blue, err = p.container(ctx, "blue")
	return u, blue, err
}

// nothingBehind kills the old color and asks for a rollback.
func nothingBehind(ctx context.Context, p *place) error {
	u, blue, err := promoted(ctx, p)
	if err != nil {
		return err
	}
	if _, err := p.docker(ctx, "kill", blue); err != nil {
		return err
	}
	from := time.Now()
	if err := p.converges(ctx, from, "blue to be seen dead", app(p.name, func(x api.App) error {
		if color(x, "blue").Ready {
			return fmt.Errorf("blue is ready")
		}
		return nil
	})); err != nil {
		return err
	}
	switch _, err := p.Command(ctx, p.name, api.VerbRollback, api.Command{Actor: "faults"}); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		// It may start blue again and go back once that is ready: the users decide.
		p.note("the rollback was accepted")
	default:
		p.note("the rollback was answered: %v", err)
	}
	return u.flow(ctx, 2*time.Second)
}

// bothDead kills both colors at once; the first one that is back serves.
func bothDead(ctx context.Context, p *place) error {
	u, blue, err := promoted(ctx, p)
	if err != nil {
		return err
	}
	green, err := p.container(ctx, "green")
	if err != nil {
		return err
	}
	if _, err := p.docker(ctx, "kill", blue, green); err != nil {
		return err
	}
	if err := p.await(ctx, "an alarm", func(s api.Status) error {
		if err := alarmed("app "+p.name, "")(s); err != nil {
			return err
		}
		return app(p.name, func(x api.App) error {
			if x.Phase != api.PhaseDown || !x.Live {
				return fmt.Errorf("it is %s, live %v", x.Phase, x.Live)
			}
			return nil
		})(s)
	}); err != nil {
		p.wrong("%v", err)
	}
	if err := u.flow(ctx, calm); err != nil {
		return err
	}
	back, name := []string{"blue", "green"}[p.n%2], []string{blue, green}[p.n%2]
	if _, err := p.docker(ctx, "start", name); err != nil {
		return err
	}
	from := time.Now()
	if err := p.converges(ctx, from, back+" to serve", serves(p.name, back)); err != nil {
		return err
	}
	if _, err := p.answered(ctx, u, from, back); err != nil {
		return err
	}
	// A 404 would say that the routes were gone.
	if n := u.count(func(a load.Answer) bool { return a.Status == 404 }); n > 0 {
		p.wrong("%d requests found no route", n)
	}
	return nil
}
