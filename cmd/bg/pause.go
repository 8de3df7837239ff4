package main

import (
	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) pauseCommand() *cli.Command {
	return &cli.Command{
		Name:      "pause",
		Usage:     "have a release wait where it is",
		UsageText: p.words("$bg pause [APP]"),
		Description: p.words(`A canary keeps its share, and a soak the old color, until $bg resume or
$bg promote. A color that fails is demoted all the same.

Examples:
   $bg pause
   $bg pause shop`),
		Flags: []cli.Flag{outputFlag()},
		Action: func(c *cli.Context) error {
			return p.tell(c, api.VerbPause, api.Command{})
		},
	}
}

func (p *program) resumeCommand() *cli.Command {
	return &cli.Command{
		Name:      "resume",
		Usage:     "let a release that waits go on",
		UsageText: p.words("$bg resume [APP]"),
		Description: p.words(`The release goes on by itself: after $bg pause, after $bg canary PERCENT, and
where bg holds a canary because its traffic is too thin to tell; that one gets
its time anew.

Examples:
   $bg resume
   $bg resume shop`),
		Flags: []cli.Flag{outputFlag()},
		Action: func(c *cli.Context) error {
			return p.tell(c, api.VerbResume, api.Command{})
		},
	}
}
