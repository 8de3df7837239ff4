package faults

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"bg/controller/api"
	"bg/controller/docker/dockertest"
	"bg/e2e/internal/lab"
)

// settleLimit is how long a trial waits for what is no part of the fault.
const settleLimit = 30 * time.Second

// apps are the two of a scene. Each has a ready blue, which serves, and a ready
// green, which waits.
var apps = []string{"one", "two"}

// soak is that of the apps: longer than a controller takes to come back.
const soak = 3 * time.Second

// scene is a lab with two apps, their users, and a controller. Its Docker is a
// fake engine, whose containers have the addresses of samples, or a real one.
type scene struct {
	*trial
	*lab.Lab
	engine     *lab.Engine // nil where Docker is real
	controller *lab.Controller
	options    lab.Options
	users      map[string]*traffic
	points     string // file that sets failure points; "" without them
	// run brings a color of an app up.
	run func(ctx context.Context, app, color string) error
}

// onScene runs play on a scene of its own with a fake engine, with users on both
// apps from before its begin until its end.
func (t *trial) onScene(ctx context.Context, o lab.Options, play func(ctx context.Context, s *scene) error) (err error) {
	var samples []lab.Sample
	for _, app := range apps {
		for _, color := range colors {
			samples = append(samples, lab.Sample{Name: app + "-" + color, Color: color, Version: app})
		}
	}
	l, err := lab.New(ctx, t.testbed, samples...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	s := &scene{trial: t, Lab: l, users: map[string]*traffic{}, options: o}
	if s.engine, err = l.Serve(dockertest.New(l.Name)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.engine.Close()) }()
	s.options.Docker = s.engine.Host
	s.run = func(_ context.Context, app, color string) error {
		s.engine.Run(s.container(number(app, color), app, color))
		return nil
	}
	return s.play(ctx, colors, play)
}

// colors are those of each app, in the order in which they come.
var colors = []string{"blue", "green"}

// play brings the apps up in these colors, and users, and calls play.
func (s *scene) play(ctx context.Context, colors []string, play func(ctx context.Context, s *scene) error) (err error) {
	if err := s.start(); err != nil {
		return err
	}
	defer func() {
		if stopped := s.controller.Stop(); err == nil {
			err = stopped
		}
	}()
	for _, color := range colors {
		for _, app := range apps {
			if err := s.run(ctx, app, color); err != nil {
				return err
			}
		}
		for _, app := range apps {
			cond := serves(app, "blue")
			if color == "green" {
				cond = waits(app)
			}
			if err := s.await(ctx, color+" of "+app, cond); err != nil {
				return err
			}
		}
	}
	for _, app := range apps {
		u, err := s.trial.users(ctx, s.Web, s.host(app), app)
		if err != nil {
			return err
		}
		s.users[app] = u
		defer s.leave(u)
		if err := u.flow(ctx, calm); err != nil {
			return err
		}
	}
	if err := play(ctx, s); err != nil {
		return fmt.Errorf("%w\nthe controller's last words:\n%s", err, s.controller.LastWords(8))
	}
	for _, app := range apps {
		if err := s.users[app].flow(ctx, calm); err != nil {
			return err
		}
	}
	return nil
}

// calm is the load before and after the fault.
const calm = 300 * time.Millisecond

func (s *scene) host(app string) string { return app + ".localhost" }
func (s *scene) file() string           { return filepath.Join(s.Dynamic, "bg.yml") }

// start starts the scene's controller, the first one or the next.
func (s *scene) start() (err error) {
	s.controller, err = s.Lab.Start(s.options)
	return err
}

// id returns the ID of a color's container in a fake engine.
func id(app, color string) string { return dockertest.ID(number(app, color)) }

func number(app, color string) int {
	return 2*slices.Index(apps, app) + slices.Index(colors, color)
}

// container is the nth of a fake engine.
func (s *scene) container(n int, app, color string) dockertest.Container {
	name := app + "-" + color
	return dockertest.Container{
		ID: dockertest.ID(n), Name: name + "-web-1", State: "running", Health: "healthy",
		Networks: map[string]string{s.Lab.Name: s.Address[name]}, Ports: []int{8080}, Labels: s.labels(app, color),
	}
}

// labels are those of every container. Its network is the lab's alone, so other
// controllers leave it alone.
func (s *scene) labels(app, color string) map[string]string {
	return map[string]string{
		"com.docker.compose.project": app + "-" + color, "com.docker.compose.service": "web",
		"bg.enable": "true", "bg.promote": "manual", "bg.soak": soak.String(), "bg.drain": "1s", "bg.network": s.Lab.Name,
		"traefik.http.routers.web.rule":        "Host(`" + s.host(app) + "`)",
		"traefik.http.routers.web.entrypoints": "web",
	}
}

// await waits for what is no part of the fault.
func (s *scene) await(ctx context.Context, what string, cond func(api.Status) error) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	return s.controller.Await(ctx, what, cond)
}

// converges waits until cond holds and books the time since from; that it does
// not within the fault's bound, or a limit where there is none, is a violation.
func (s *scene) converges(ctx context.Context, from time.Time, what string, cond func(api.Status) error) error {
	limit := settleLimit
	if s.Bound > 0 {
		limit = 2 * s.Bound
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := s.controller.Await(limited, what, cond)
	s.took(time.Since(from))
	if err != nil && ctx.Err() == nil {
		s.wrong("%v", err)
		return nil
	}
	return err
}

// command has the controller do something that has to be accepted.
func (s *scene) command(ctx context.Context, app, verb string, c api.Command) (api.Accepted, error) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	c.Actor = "faults"
	accepted, err := s.controller.Client.Command(ctx, app, verb, c)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", verb, app, err)
	}
	return accepted, err
}

// half gives half of the users to green, live.
func (s *scene) half(ctx context.Context, app string) error {
	percent := 50
	if _, err := s.command(ctx, app, api.VerbCanary, api.Command{Percent: &percent}); err != nil {
		return err
	}
	if err := s.await(ctx, "half of the users to have green", weighs(app, "green", 50)); err != nil {
		return err
	}
	return s.users[app].flow(ctx, calm)
}
