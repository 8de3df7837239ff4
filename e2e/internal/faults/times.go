package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bg/controller/rollout"
	"bg/controller/store"
	"bg/labels"
)

// times are the faults of clocks: the real decision and the real state file, with
// a time that the trial sets.
var times = []Fault{
	{Number: 25, Text: "clock jumps by an hour either way, soak not shortened", On: None, run: jumped},
	{Number: 27, Text: "seven days down, no flip without a fresh look", On: None, run: away},
}

const (
	step     = 5 * time.Second // between two looks
	longSoak = 5 * time.Minute
)

// clockwork is an app whose time is the trial's. Green soaks beside blue.
type clockwork struct {
	store *store.Store
	state rollout.State
	now   time.Time
	world *rollout.World
	acts  []rollout.Action
	seen  time.Duration // that truly went by under observation
}

// wind returns a clockwork whose green has just taken over.
func wind(folder string) (*clockwork, error) {
	s, err := store.Open(filepath.Join(folder, "bg.db"))
	if err != nil {
		return nil, err
	}
	c := &clockwork{store: s, now: time.Unix(1_800_000_000, 0), world: &rollout.World{}}
	if c.state, err = s.Load(); err == nil {
		err = c.appear("blue", 1)
	}
	if err == nil {
		err = c.appear("green", 2)
	}
	if a := c.state.Apps["shop"]; err == nil && (a == nil || a.Active != labels.Green || a.Run == nil || a.Run.Step != rollout.Soak) {
		err = fmt.Errorf("green does not soak: %+v", a)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	c.seen, c.acts = 0, nil
	return c, nil
}

// appear adds a color's container, ready, and lets bg come to rest.
func (c *clockwork) appear(color string, n int) error {
	spec, err := labels.Decode(labels.Container{Name: "shop-" + color + "-web-1", Ports: []int{80}, Labels: map[string]string{
		"bg.enable": "true", "bg.soak": longSoak.String(), "bg.drain": "0s",
		"com.docker.compose.project": "shop-" + color, "com.docker.compose.service": "web",
		"traefik.http.routers.web.rule": "Host(`shop.example`)",
	}})
	if err != nil {
		return err
	}
	next := append([]*rollout.Container(nil), c.world.Containers...)
	c.world = &rollout.World{Containers: append(next, &rollout.Container{
		ID: fmt.Sprintf("%064x", n), Name: "shop-" + color + "-web-1", Address: fmt.Sprintf("10.0.0.%d", n),
		Condition: rollout.Ready, Ran: true, Started: c.now, Spec: &spec,
	})}
	for range 4 {
		if err := c.pass(time.Second); err != nil {
			return err
		}
	}
	return nil
}

// pass lets time go by and looks. What is decided is saved, served and confirmed.
func (c *clockwork) pass(d time.Duration) error {
	c.now, c.seen = c.now.Add(d), c.seen+d
	next, plan := rollout.Decide(c.state, rollout.Input{Now: c.now, World: c.world, Confirmed: c.state.Generation})
	if err := c.store.Save(c.state, next, plan.Events); err != nil {
		return err
	}
	c.state = next
	c.acts = append(c.acts, plan.Actions...)
	return nil
}

// soaks passes time until blue is to be stopped.
func (c *clockwork) soaks() error {
	for c.seen < 10*longSoak {
		if len(c.acts) > 0 {
			return nil
		}
		if err := c.pass(step); err != nil {
			return err
		}
	}
	return errors.New("blue is never stopped")
}

// onClockwork runs play on a clockwork of its own.
func onClockwork(play func(c *clockwork) error) (err error) {
	folder, err := os.MkdirTemp("", "bg-clockwork-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	c, err := wind(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.store.Close()) }()
	return play(c)
}

// jumped sets the clock an hour ahead or back in the middle of the soak.
func jumped(_ context.Context, t *trial) error {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		err := onClockwork(func(c *clockwork) error {
			for c.seen < longSoak/2 {
				if err := c.pass(step); err != nil {
					return err
				}
			}
			c.now = c.now.Add(jump)
			if err := c.soaks(); err != nil {
				return err
			}
			t.soaked(c, fmt.Sprintf("with a jump of %s", jump))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// soaked books a soak that was shorter than it had to be, or never seemed to end.
func (t *trial) soaked(c *clockwork, how string) {
	if c.seen < longSoak {
		t.wrong("%s blue was stopped after %s of %s", how, c.seen, longSoak)
	}
	if late := c.seen - longSoak; late > 4*step {
		t.wrong("%s the soak took %s longer", how, late)
	}
	t.note("%s: stopped after %s of %s", how, c.seen, longSoak)
}

// away loads the state seven days later.
func away(_ context.Context, t *trial) error {
	return onClockwork(func(c *clockwork) error {
		for c.seen < time.Minute {
			if err := c.pass(step); err != nil {
				return err
			}
		}
		loaded, err := c.store.Load()
		if err != nil {
			return err
		}
		c.state, c.now = rollout.Resume(loaded), c.now.Add(7*24*time.Hour)
		for range 3 {
			_, plan := rollout.Decide(c.state, rollout.Input{Now: c.now})
			if len(plan.Actions)+len(plan.Events) > 0 || plan.Routing != nil {
				t.wrong("before a look at Docker: %+v", plan)
			}
			c.now = c.now.Add(time.Hour)
		}
		if err := c.pass(0); err != nil {
			return err
		}
		if a := c.state.Apps["shop"]; a == nil || a.Active != labels.Green || a.Share(labels.Green) != 100 {
			t.wrong("after a look at Docker: %+v", a)
		}
		if err := c.soaks(); err != nil {
			return err
		}
		t.soaked(c, "after seven days down")
		return nil
	})
}
