package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) statusCommand() *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "show the apps, their colors and what is wrong",
		UsageText: p.words("$bg status [APP] [-w] [-o json]"),
		Description: p.words(`Shows for each app which color has the users, with each color's role, share
and ready containers; below it what is not ready and why, and problems of the
set-up. With APP, each container.

Examples:
   $bg status
   $bg status shop
   $bg status -w            # live; on a pipe, a line for each change
   $bg status -o json`),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "go on showing it as it changes"},
			outputFlag(),
		},
		Action: p.status,
	}
}

func (p *program) status(c *cli.Context) error {
	app, err := oneArg(c)
	if err != nil {
		return err
	}
	if app != "" && !api.ValidApp(app) {
		return usagef("%q is no app name: those are of a-z, 0-9 and -, 63 at most", app)
	}
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	client, _, err := p.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	st, err := client.Status(c.Context, 0, 0)
	if err != nil {
		return err
	}
	if app != "" {
		if _, err := pick(st, app); err != nil {
			return err
		}
	}
	v := view{style: p.style(), width: p.width(), app: app, name: p.call.name}
	switch {
	case c.Bool("watch"):
		return p.watch(c.Context, client, st, v, asJSON)
	case asJSON && app != "":
		one, _ := pick(st, app)
		return p.printJSON(one)
	case asJSON:
		return p.printJSON(st)
	}
	fmt.Fprint(p.out, v.render(st))
	return nil
}

// pick returns the app of that name.
func pick(st api.Status, name string) (api.App, error) {
	for _, a := range st.Apps {
		if a.Name == name {
			return a, nil
		}
	}
	var known []string
	for _, a := range st.Apps {
		known = append(known, a.Name)
	}
	if len(known) == 0 {
		return api.App{}, fmt.Errorf("there is no app %q, and no other yet: label a service bg.enable=true and start it", name)
	}
	return api.App{}, fmt.Errorf("there is no app %q; there is %s", name, list(known))
}
