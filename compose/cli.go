package compose

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"bg/labels"
)

// CLI runs docker compose, and a few docker commands, without a shell. Every
// call ends when its context does. The zero Stdout and Stderr discard.
type CLI struct {
	Command func(ctx context.Context, args ...string) *exec.Cmd // makes `docker ARGS...`
	Stdout  io.Writer                                           // of docker compose, and of progress
	Stderr  io.Writer                                           // of docker compose, whose progress is there
	Env     []string                                            // NAME=VALUE, beside that of the process
}

// patience is how long a program that was told to end may take to.
const patience = 10 * time.Second

// run runs docker with its output shown. The error ends in the last lines of
// standard error.
func (c CLI) run(ctx context.Context, env []string, args ...string) error {
	last := &tail{also: c.Stderr}
	return c.do(ctx, env, nil, c.Stdout, last, args)
}

// output runs docker and returns its standard output, of at most maxFile
// bytes. Nothing is shown.
func (c CLI) output(ctx context.Context, args ...string) (string, error) {
	var out head
	err := c.do(ctx, nil, nil, &out, &tail{}, args)
	if err == nil && out.cut {
		err = fmt.Errorf("docker %s: more than %d bytes of output", verb(args), maxFile)
	}
	return out.String(), err
}

func (c CLI) do(ctx context.Context, env []string, stdin io.Reader, stdout io.Writer, last *tail, args []string) error {
	cmd := c.Command(ctx, args...)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(append(cmd.Env, c.Env...), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, last
	if cmd.Cancel != nil {
		// docker compose puts its things in order when interrupted.
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = patience
	}
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("docker %s: %w", verb(args), context.Cause(ctx))
	}
	if text := last.lines(); text != "" {
		return fmt.Errorf("docker %s: %w:\n%s", verb(args), err, text)
	}
	return fmt.Errorf("docker %s: %w", verb(args), err)
}

// verb names a command in messages, without its flags' values.
func verb(args []string) string {
	if args[0] != "compose" {
		return strings.Join(args[:min(2, len(args))], " ")
	}
	for i := 1; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			return "compose " + args[i]
		}
		i++ // every flag in front of the verb has a value
	}
	return "compose"
}

// own returns the arguments by which docker compose sees the user's project
// as Load did.
func own(p *Project, args ...string) []string {
	o := p.options
	all := []string{"compose", "-p", p.Name}
	for _, file := range o.Files {
		all = append(all, "-f", file)
	}
	for _, file := range o.EnvFiles {
		all = append(all, "--env-file", file)
	}
	for _, profile := range o.Profiles {
		all = append(all, "--profile", profile)
	}
	if o.Dir != "" {
		all = append(all, "--project-directory", o.Dir)
	}
	return append(all, args...)
}

// Build builds services in the user's own project; with pull, newer base
// images are looked for. It does nothing for no services.
func (c CLI) Build(ctx context.Context, p *Project, services []string, pull bool) error {
	if len(services) == 0 {
		return nil
	}
	args := own(p, "build")
	if pull {
		args = append(args, "--pull")
	}
	return c.run(ctx, nil, append(args, services...)...)
}

// Pull pulls the images of services as the user's own project names them. It
// does nothing for no services.
func (c CLI) Pull(ctx context.Context, p *Project, services []string) error {
	if len(services) == 0 {
		return nil
	}
	return c.run(ctx, nil, append(own(p, "pull"), services...)...)
}

// Create creates every container of the rendered file of a color, and its
// private network, and starts nothing. Containers of the color that stand
// there from an earlier release are replaced or removed. Those that the
// controller will start get what docker compose gives the others when it
// starts them: configs and secrets that come from no file.
func (c CLI) Create(ctx context.Context, p *Project, color labels.Color, file string) error {
	if err := c.run(ctx, p.secrets(), colorArgs(p, color, file, "create", "--pull", "never", "--no-build", "--remove-orphans")...); err != nil {
		return err
	}
	return c.inject(ctx, p, color)
}

// Start starts services, by the user's names, of the rendered file of a
// color, as far as they aren't running. It does nothing for no services, for
// Compose would start all of them, hooks too.
func (c CLI) Start(ctx context.Context, p *Project, color labels.Color, file string, services []string) error {
	if len(services) == 0 {
		return nil
	}
	args := colorArgs(p, color, file, "up", "-d", "--no-recreate", "--no-build", "--pull", "never")
	for _, name := range services {
		args = append(args, key(name, color))
	}
	return c.run(ctx, p.secrets(), args...)
}

// Remove removes the containers and the private network of a color's
// project, and no volume.
func (c CLI) Remove(ctx context.Context, p *Project, color labels.Color) error {
	return c.run(ctx, nil, "compose", "-p", p.ColorName(color), "down", "--remove-orphans")
}

func colorArgs(p *Project, color labels.Color, file string, args ...string) []string {
	return append([]string{"compose", "-p", p.ColorName(color), "-f", file}, args...)
}

// secrets returns the environment from which Compose takes the secrets that
// the user's environment gave. They stand in no rendered file.
func (p *Project) secrets() []string {
	var env []string
	for _, name := range p.model.SecretNames() {
		if s := p.model.Secrets[name]; s.Environment != "" && s.Content != "" {
			env = append(env, s.Environment+"="+s.Content)
		}
	}
	return env
}

// Logs returns the last lines that a container has written.
func (c CLI) Logs(ctx context.Context, container string, lines int) (string, error) {
	out, errs := &tail{size: 64 << 10, count: lines}, &tail{size: 64 << 10, count: lines}
	if err := c.do(ctx, nil, nil, out, errs, []string{"logs", "--tail", strconv.Itoa(lines), container}); err != nil {
		return "", err
	}
	var parts []string
	for _, text := range []string{out.lines(), errs.lines()} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n"), nil
}
