package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "show what a release would do, without touching anything",
		UsageText: p.words("$bg plan [options]"),
		Description: p.words(`Shows which services are colored and which are shared, which color is next,
what of the Compose file is dropped or rewritten and why, and the steps that a
release would go through: hooks, smoke tests, canary, what is retired. The exit
code is 1 if the project can't be released.

Examples:
   $bg plan
   $bg plan -f compose.yaml -f prod.yaml
   $bg plan -o json`),
		Flags: append(projectFlags(), outputFlag()),
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			asJSON, err := wantsJSON(c)
			if err != nil {
				return err
			}
			project, err := loadProject(c)
			if err != nil {
				return err
			}
			status, err := p.statusIfAny(c)
			if err != nil {
				return err
			}
			plan := makePlan(project, status)
			if asJSON {
				err = p.printJSON(plan)
			} else {
				_, err = fmt.Fprint(p.out, planView{style: p.style(), width: p.width()}.render(plan))
			}
			if err == nil && plan.failed() {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
}

// statusIfAny returns the controller's picture, nil if none answers.
func (p *program) statusIfAny(c *cli.Context) (*api.Status, error) {
	client, _, err := p.connect(c)
	var none *exitError
	switch {
	case c.Context.Err() != nil:
		return nil, c.Context.Err()
	case errors.Is(err, api.ErrNoController), errors.As(err, &none) && none.code == exitNoController:
		return nil, nil
	case err != nil:
		return nil, err
	}
	defer client.Close()
	st, err := client.Status(c.Context, 0, 0)
	if err != nil {
		return nil, err
	}
	return &st, nil
}
