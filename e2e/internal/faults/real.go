package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bg/e2e/internal/lab"
	"bg/e2e/internal/testbed"
)

// onReal is onScene with a real Docker: containers is the host of the engine in
// which the apps run, "" for this machine's own, and o.Docker that which the
// controller is told. Only these colors come up.
func (t *trial) onReal(ctx context.Context, l *lab.Lab, containers string, o lab.Options, colors []string,
	play func(ctx context.Context, s *scene) error,
) error {
	s := &scene{trial: t, Lab: l, users: map[string]*traffic{}, options: o}
	s.run = func(ctx context.Context, app, color string) error {
		args := []string{
			"run", "-d", "--restart", "always", "--name", l.Container(app + "-" + color), "--network", l.Name,
			"-e", "BG_COLOR=" + color, "-e", "VERSION=" + app,
		}
		for k, v := range s.labels(app, color) {
			args = append(args, "--label", k+"="+v)
		}
		_, err := s.docker(ctx, containers, append(args, testbed.SampleImage)...)
		return err
	}
	return s.play(ctx, colors, play)
}

// onLab runs play with a lab of its own without samples.
func (t *trial) onLab(ctx context.Context, play func(ctx context.Context, l *lab.Lab) error) (err error) {
	l, err := lab.New(ctx, t.testbed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return play(ctx, l)
}

// docker runs a docker command that has to work, on the engine at host.
func (s *scene) docker(ctx context.Context, host string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	if host != "" {
		args = append([]string{"-H", host}, args...)
	}
	return s.Docker(ctx, args...)
}

// truth returns the condition in which bg has to see a container of this
// machine's Docker, and its address, as `docker inspect` has them.
func (s *scene) truth(ctx context.Context, container string) (condition, address string, err error) {
	out, err := s.docker(ctx, "", "inspect", "--format",
		fmt.Sprintf("{{.State.Status}} {{.State.Health.Status}} {{with index .NetworkSettings.Networks %q}}{{.IPAddress}}{{end}}", s.Lab.Name), container)
	if err != nil {
		return "", "", err
	}
	words := append(strings.Fields(out), "")
	switch state, health := words[0], words[1]; {
	case state != "running":
		condition = state
	case words[2] == "":
		return "offline", "", nil
	case health == "healthy":
		condition = "ready"
	default:
		condition = health
	}
	return condition, words[2], nil
}
