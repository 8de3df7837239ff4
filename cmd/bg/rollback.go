package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"bg/compose"
	"bg/controller/api"
)

func (p *program) rollbackCommand() *cli.Command {
	return &cli.Command{
		Name:      "rollback",
		Usage:     "go back to the color, or to the release, that was live before",
		UsageText: p.words("$bg rollback [APP] [--to RELEASE] [options]"),
		Description: p.words(`Goes back to the standby, as long as it is ready; during a canary, takes all
traffic back from the candidate. A standby that was stopped is started again,
as a release with the same gates, and followed until it is live.

With --to, releases an earlier release again as it was, with its images; those
that are kept here are in $bg history --releases. It is a release like any
other, and takes the flags of $bg deploy that concern one.

Examples:
   $bg rollback
   $bg rollback shop --timeout 10s
   $bg rollback --to 7 --yes`),
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "release `RELEASE` again: its number or ID"},
			&cli.BoolFlag{Name: "no-wait", Usage: "don't wait until the change is live"},
		}, carryFlags()...),
		Action: func(c *cli.Context) error {
			app, err := oneArg(c)
			if err != nil {
				return err
			}
			if c.IsSet("to") {
				return p.rollbackTo(c, app, c.String("to"))
			}
			return p.change(c, app, api.VerbRollback, nil)
		},
	}
}

// rollbackTo releases a kept release again.
func (p *program) rollbackTo(c *cli.Context, app, name string) error {
	o, err := readDeployOptions(c)
	if err != nil {
		return err
	}
	if c.Bool("no-wait") {
		return usagef("--no-wait does not go with --to: bg starts the containers itself")
	}
	if app == "" {
		client, _, err := p.connect(c)
		if err != nil {
			return err
		}
		app, err = onlyApp(c.Context, client, "")
		client.Close()
		if err != nil {
			return err
		}
	} else if !api.ValidApp(app) {
		return usagef("%q is no app name: those are of a-z, 0-9 and -, 63 at most", app)
	}
	shelf := openShelf(app)
	id, err := shelf.find(name)
	if err != nil {
		return err
	}
	data, err := shelf.load(id)
	if err != nil {
		return err
	}
	project, err := compose.LoadKept(data)
	if err != nil {
		return fmt.Errorf("read kept release %s: %w", id, err)
	}
	if o.message == "" {
		o.message = "back to release " + id
	}
	return p.deploy(c, &deployment{project: project, kept: true, options: o})
}

// followRelease follows a release for which the controller needs nobody.
func (p *program) followRelease(c *cli.Context, client *api.Client, accepted api.Accepted) error {
	o, err := readDeployOptions(c)
	if err != nil {
		return err
	}
	d := &deployment{
		name: p.call.name, options: o, client: client, docker: p.docker(), shelf: openShelf(accepted.App),
		plan: plan{App: accepted.App, Color: accepted.Release.Color}, release: *accepted.Release, start: time.Now(),
	}
	ctx := c.Context
	if o.timeout > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, errTooLong)
		defer cancel()
	}
	d.show = p.progress(accepted.App, o.asJSON)
	d.show.known(d.release.ID)
	d.show.say("%s", accepted.Message)
	err = d.carry(ctx)
	d.show.close()
	return d.report(err)
}
