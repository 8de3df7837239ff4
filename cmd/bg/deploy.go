package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"bg/compose"
)

// deployOptions are the flags of bg deploy.
type deployOptions struct {
	build, pull bool // although the images are there
	shared      bool // recreate shared services too
	keep        bool // leave a color that failed
	keepImages  bool // of old releases
	force       bool // although nothing has changed
	yes         bool // don't ask
	asJSON      bool
	soaked      bool          // wait for the end, not only until it is live
	timeout     time.Duration // 0: none
	message     string
	network     string // of the proxy
}

func (p *program) deployCommand() *cli.Command {
	return &cli.Command{
		Name:      "deploy",
		Usage:     "release the project of a Compose file",
		UsageText: p.words("$bg deploy [options]"),
		Description: p.words(`Starts the services labeled bg.enable=true in the color that has no users, tests
them, moves the users there and watches over it; if anything fails, users
stay where they are or go back. Shared services are brought up first and
never recreated, unless --shared says so.

Killed at any step and run again, it takes the release up where it stands. The
controller does its steps also while nobody waits. With bg.promote=manual it
waits for $bg promote.

Examples:
   $bg deploy
   $bg deploy --build --yes -m "fix login"    # in CI
   $bg deploy -f compose.yaml -f prod.yaml --wait=soaked
   $bg deploy --yes -o json`),
		Flags: append(append(projectFlags(),
			&cli.BoolFlag{Name: "build", Usage: "build the images although they are there"},
			&cli.BoolFlag{Name: "pull", Usage: "pull the images although they are there"},
			&cli.BoolFlag{Name: "shared", Usage: "recreate shared services too where they have changed"},
			&cli.BoolFlag{Name: "force", Usage: "release again although nothing has changed"}),
			carryFlags()...),
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			o, err := readDeployOptions(c)
			if err != nil {
				return err
			}
			project, err := loadProject(c)
			if err != nil {
				return err
			}
			if err := refused(project); err != nil {
				return err
			}
			return p.deploy(c, &deployment{project: project, options: o})
		},
	}
}

// carryFlags are those of every release, of a file or of one that was kept.
func carryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "keep", Usage: "leave the containers of a release that fails"},
		&cli.BoolFlag{Name: "keep-images", Usage: "leave the images of releases past the last five"},
		&cli.StringFlag{Name: "wait", Value: "live", Usage: "wait until the release is `STATE`: live or soaked"},
		&cli.DurationFlag{Name: "timeout", DefaultText: "none", Usage: "wait at most this `LONG` for it"},
		messageFlag("what is released, for the history"),
		&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "don't ask"},
		networkFlag(),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "print as `FORMAT`: json, an object per line"},
	}
}

func readDeployOptions(c *cli.Context) (deployOptions, error) {
	asJSON, err := wantsJSON(c)
	o := deployOptions{
		build: c.Bool("build"), pull: c.Bool("pull"), shared: c.Bool("shared"),
		keep: c.Bool("keep"), keepImages: c.Bool("keep-images"), force: c.Bool("force"),
		yes: c.Bool("yes"), asJSON: asJSON, timeout: c.Duration("timeout"),
		message: c.String("message"), network: c.String("network"),
	}
	switch wait := c.String("wait"); {
	case err != nil:
		return o, err
	case wait != "live" && wait != "soaked":
		return o, usagef("--wait %q: use live or soaked", wait)
	case o.timeout < 0:
		return o, usagef("--timeout %v: give a positive time, such as 10m", o.timeout)
	default:
		o.soaked = wait == "soaked"
	}
	return o, nil
}

// deploy connects to what the release needs, asks, and carries it out.
func (p *program) deploy(c *cli.Context, d *deployment) error {
	if !d.options.yes && !p.canAsk(d.options) {
		return usagef("nobody can be asked here: say --yes, or look first with '%s plan'", p.call.name)
	}
	client, _, err := p.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	status, err := client.Status(c.Context, 0, 0)
	if err != nil {
		return err
	}
	d.name, d.client, d.docker, d.shelf = p.call.name, client, p.docker(), openShelf(d.project.App)
	d.plan = makePlan(d.project, &status)
	if !d.options.yes {
		if ok, err := p.ask(c.Context, d.plan); !ok || err != nil {
			return err
		}
	}
	d.show = p.progress(d.project.App, d.options.asJSON)
	words := d.show.words()
	d.cli = compose.CLI{Command: d.docker.command, Stdout: words, Stderr: words}
	if version, err := d.cli.Version(c.Context); err != nil {
		d.show.close()
		return err
	} else if version == "" {
		d.show.close()
		return fmt.Errorf("docker compose does not tell its version: install docker-compose-plugin, version 2 or later")
	}
	err = d.run(c.Context, status)
	words.close()
	d.show.close()
	return d.report(err)
}

// canAsk reports whether a person sees a question and can answer it.
func (p *program) canAsk(o deployOptions) bool {
	in, ok := p.in.(*os.File)
	_, shown := p.terminal()
	return ok && shown && !o.asJSON && term.IsTerminal(int(in.Fd()))
}

// ask shows the plan in brief and reports whether to go on.
func (p *program) ask(ctx context.Context, plan plan) (bool, error) {
	fmt.Fprint(p.out, planView{style: p.style(), width: p.width()}.brief(plan))
	fmt.Fprint(p.out, "Release it? [Y/n] ")
	answers := make(chan string, 1)
	go func() { // a read can't be stopped; at a Ctrl-C the process ends with it
		answer, err := bufio.NewReader(p.in).ReadString('\n')
		if err != nil {
			answer = "no"
		}
		answers <- answer
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.out)
		return false, ctx.Err()
	case answer := <-answers:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "", "y", "yes":
			return true, nil
		}
	}
	return false, &exitError{code: exitFailed, text: "nothing was done"}
}
