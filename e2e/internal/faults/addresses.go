package faults

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bg/e2e/load"
)

// addresses are the faults of addresses that go from one container to another.
var addresses = []Fault{
	{
		Number: 9, Text: "IPs swapped between apps, no answer by the other app", On: Real,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, swapped) },
	},
	{
		Number: 10, Text: "container back with a new IP, routed after it is ready", On: Real, Bound: 2 * time.Second,
		run: func(ctx context.Context, t *trial) error { return t.onPlace(ctx, moved) },
	},
}

// swapped ends two apps and starts them in the other order: each gets the address
// that the other one had.
func swapped(ctx context.Context, p *place) (err error) {
	q := p.trial.place(p.Stack)
	defer func() {
		if closed := q.close(ctx); err == nil {
			err = closed
		}
	}()
	var names, before []string
	for _, x := range []*place{p, q} {
		if err := x.release(ctx, "blue", nil); err != nil {
			return err
		}
		name, err := x.container(ctx, "blue")
		if err != nil {
			return err
		}
		at, err := x.address(ctx, name)
		if err != nil {
			return err
		}
		names, before = append(names, name), append(before, at)
		if _, err := x.visit(ctx); err != nil {
			return err
		}
	}
	from, err := p.swap(ctx, names, before)
	if err != nil {
		return err
	}
	for _, x := range []*place{p, q} {
		if err := x.converges(ctx, from, "it to serve", serves(x.name, "blue")); err != nil {
			return err
		}
		if _, err := x.answered(ctx, x.guests[0], from, "blue"); err != nil {
			return err
		}
		if err := x.guests[0].flow(ctx, calm); err != nil {
			return err
		}
	}
	return nil
}

// moved ends the only container of an app, gives its address to another one and
// starts it again. The time counts from the moment in which Docker has it healthy.
func moved(ctx context.Context, p *place) (err error) {
	if err := p.release(ctx, "blue", nil); err != nil {
		return err
	}
	name, err := p.container(ctx, "blue")
	if err != nil {
		return err
	}
	before, err := p.address(ctx, name)
	if err != nil {
		return err
	}
	u, err := p.visit(ctx)
	if err != nil {
		return err
	}
	if _, err := p.docker(ctx, "kill", name); err != nil {
		return err
	}
	squatter, err := p.docker(ctx, "run", "-d", "--rm", "--network", p.Network, "-e", "VERSION=squatter", "bg-sample")
	if err != nil {
		return err
	}
	defer func() {
		if _, gone := p.docker(context.WithoutCancel(ctx), "rm", "-f", squatter); err == nil {
			err = gone
		}
	}()
	from := time.Now()
	if _, err := p.docker(ctx, "start", name); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	served, err := u.first(limited, from, func(a load.Answer) bool { return of("blue")(a) && a.Version == p.name })
	if err != nil {
		return err
	}
	ready, err := p.healthySince(ctx, name, from)
	if err != nil {
		return err
	}
	p.took(max(time.Microsecond, served.Sub(ready)))
	if now, err := p.address(ctx, name); err != nil || now == before {
		return fmt.Errorf("the container is at %s as before, %w", now, err)
	}
	return u.flow(ctx, calm)
}

// healthySince returns when Docker told, after from, that the container is healthy.
func (p *place) healthySince(ctx context.Context, name string, from time.Time) (time.Time, error) {
	out, err := p.docker(ctx, "events", "--since", fmt.Sprint(from.Unix()), "--until", fmt.Sprint(time.Now().Unix()+1),
		"--filter", "container="+name, "--filter", "event=health_status", "--format", "{{.TimeNano}} {{.Action}}")
	if err != nil {
		return time.Time{}, err
	}
	for line := range strings.Lines(out) {
		at, action, _ := strings.Cut(strings.TrimSpace(line), " ")
		if nano, err := strconv.ParseInt(at, 10, 64); err == nil && strings.HasSuffix(action, ": healthy") && !time.Unix(0, nano).Before(from) {
			return time.Unix(0, nano), nil
		}
	}
	return time.Time{}, fmt.Errorf("Docker has not told that %s is healthy: %q", name, out)
}

// swap ends two containers and starts them in the other order, until each has
// the address that the other one had, and returns since when. Docker gives the
// lowest address that is free to the one that starts first, but to others on the
// network too, which come and go.
func (p *place) swap(ctx context.Context, names, before []string) (since time.Time, err error) {
	const tries = 5
	for range tries {
		if _, err := p.docker(ctx, "kill", names[0], names[1]); err != nil {
			return since, err
		}
		for _, name := range []string{names[1], names[0]} {
			if _, err := p.docker(ctx, "start", name); err != nil {
				return since, err
			}
		}
		since = time.Now()
		now := make([]string, len(names))
		for i, name := range names {
			if now[i], err = p.address(ctx, name); err != nil {
				return since, err
			}
		}
		if now[0] == before[1] && now[1] == before[0] {
			return since, nil
		}
		before = now
	}
	return since, fmt.Errorf("Docker has not swapped the addresses of %s in %d tries", strings.Join(names, " and "), tries)
}
