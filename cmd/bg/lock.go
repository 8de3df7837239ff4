package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) lockCommand() *cli.Command {
	return &cli.Command{
		Name:      "lock",
		Usage:     "keep new releases of an app away",
		UsageText: p.words("$bg lock [APP] [-m MESSAGE]"),
		Description: p.words(`No new release of the app begins until $bg unlock; whoever tries is told who
locked it, since when and why. A release under way goes on, and rollback works.

Examples:
   $bg lock -m "database is being moved until 15:00"
   $bg lock shop -m "sale"`),
		Flags: []cli.Flag{messageFlag("why, for those who are kept away"), outputFlag()},
		Action: func(c *cli.Context) error {
			return p.tell(c, api.VerbLock, api.Command{Message: c.String("message")})
		},
	}
}

func (p *program) unlockCommand() *cli.Command {
	return &cli.Command{
		Name:      "unlock",
		Usage:     "let new releases of an app come again",
		UsageText: p.words("$bg unlock [APP]"),
		Description: p.words(`Takes the lock of $bg lock away. A release that has moved no traffic yet is
ended, so that one whose bg deploy never came back holds nobody up.

Examples:
   $bg unlock
   $bg unlock shop`),
		Flags: []cli.Flag{outputFlag()},
		Action: func(c *cli.Context) error {
			return p.tell(c, api.VerbUnlock, api.Command{})
		},
	}
}

func (p *program) contractCommand() *cli.Command {
	return &cli.Command{
		Name:      "contract",
		Usage:     "run the contract hooks that wait for it",
		UsageText: p.words("$bg contract [APP]"),
		Description: p.words(`Runs the services labeled bg.hook=contract and bg.promote=manual of the release
that is live. They take away from the database what only the old color used,
so they run once the old color is retired, and not before.

Examples:
   $bg contract
   $bg contract shop`),
		Flags: []cli.Flag{outputFlag()},
		Action: func(c *cli.Context) error {
			return p.tell(c, api.VerbContract, api.Command{})
		},
	}
}

func messageFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "message", Aliases: []string{"m"}, Usage: "`MESSAGE`: " + usage}
}

// tell commands a verb that takes effect at once, and says what it did.
func (p *program) tell(c *cli.Context, verb string, command api.Command) error {
	app, err := oneArg(c)
	if err != nil {
		return err
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
	if app, err = onlyApp(c.Context, client, app); err != nil {
		return err
	}
	command.Actor = actor()
	accepted, err := client.Command(c.Context, app, verb, command)
	if err != nil {
		return p.changeError(app, err)
	}
	if asJSON {
		return p.printJSON(accepted)
	}
	fmt.Fprintln(p.out, oneLine(accepted.Message))
	return nil
}
