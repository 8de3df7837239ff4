package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// place is one app on the shared stack, with real containers and, once they have
// come, users. It is the stack's only user as long as its trial lasts.
type place struct {
	*trial
	*stack.Stack
	name, host string
	guests     []*traffic
}

// onPlace runs play on the shared stack and removes the app after it.
func (t *trial) onPlace(ctx context.Context, play func(ctx context.Context, p *place) error) (err error) {
	s, done, err := t.stack(ctx)
	if err != nil {
		return err
	}
	defer done()
	p := t.place(s)
	defer func() { err = errors.Join(err, p.close(ctx)) }()
	if err := play(ctx, p); err != nil {
		return fmt.Errorf("%w\nthe controller's last words:\n%s", err, s.Logs(context.Background(), s.Controller, 8))
	}
	return nil
}

func (t *trial) place(s *stack.Stack) *place {
	name := "fault" + stack.Random()
	return &place{trial: t, Stack: s, name: name, host: name + ".test"}
}

// close ends the users' visit and removes the app.
func (p *place) close(ctx context.Context) error {
	for _, u := range p.guests {
		p.leave(u)
	}
	return p.Discard(ctx, p.name)
}

// pair releases blue, which serves, and green, which waits for a command.
func (p *place) pair(ctx context.Context, labels map[string]string) error {
	for _, color := range []string{"blue", "green"} {
		if err := p.release(ctx, color, labels); err != nil {
			return err
		}
	}
	return nil
}

// release brings a color up and waits until it serves or, the second one, waits.
// Its version is the app's name.
func (p *place) release(ctx context.Context, color string, labels map[string]string) error {
	err := p.Release(ctx, stack.Release{App: p.name, Color: color, Version: p.name, Host: p.host, Labels: labels, Manual: true})
	if err != nil {
		return err
	}
	if color == "blue" {
		return p.await(ctx, "blue to serve", serves(p.name, "blue"))
	}
	return p.await(ctx, "green to wait", waits(p.name))
}

// visit brings users, who stay until the end of the trial.
func (p *place) visit(ctx context.Context) (*traffic, error) {
	u, err := p.users(ctx, p.URL(), p.host, p.name)
	if err != nil {
		return nil, err
	}
	p.guests = append(p.guests, u)
	return u, u.flow(ctx, calm)
}

// await waits for what is no part of the fault.
func (p *place) await(ctx context.Context, what string, cond func(api.Status) error) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	return p.Await(ctx, p.name+": "+what, cond)
}

// converges is await for what the fault is about: it books the time, and that it
// takes longer than any wait is a violation.
func (p *place) converges(ctx context.Context, from time.Time, what string, cond func(api.Status) error) error {
	err := p.await(ctx, what, cond)
	p.took(time.Since(from))
	if err != nil && ctx.Err() == nil {
		p.wrong("%v", err)
		return nil
	}
	return err
}

// answered waits for the first good answer by a color to a request sent after from,
// and books the time.
func (t *trial) answered(ctx context.Context, u *traffic, from time.Time, color string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	at, err := u.first(ctx, from, of(color))
	if err == nil {
		t.took(at.Sub(from))
	}
	return at, err
}

// command has the controller do something that has to be accepted.
func (p *place) command(ctx context.Context, verb string) error {
	if _, err := p.Command(ctx, p.name, verb, api.Command{Actor: "faults"}); err != nil {
		return fmt.Errorf("%s %s: %w", verb, p.name, err)
	}
	return nil
}

// promote gives all users to green, live.
func (p *place) promote(ctx context.Context) error {
	if err := p.command(ctx, api.VerbPromote); err != nil {
		return err
	}
	return p.await(ctx, "green to serve", serves(p.name, "green"))
}

// container returns the name of a color's container.
func (p *place) container(ctx context.Context, color string) (string, error) {
	name := p.Container(ctx, p.name, color, "web", 1)
	if name == "" {
		return "", fmt.Errorf("the container of %s of %s is not there", color, p.name)
	}
	return name, nil
}

// docker runs a docker command that has to work, within a moment.
func (p *place) docker(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	out, err := p.Docker(ctx, args...)
	return strings.TrimSpace(string(out)), err
}

// address returns the container's address on the stack's network.
func (p *place) address(ctx context.Context, container string) (string, error) {
	return p.docker(ctx, "inspect", "--format", fmt.Sprintf("{{(index .NetworkSettings.Networks %q).IPAddress}}", p.Network), container)
}
