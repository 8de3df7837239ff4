package main

import (
	"context"
	"io"

	"github.com/urfave/cli/v2"
)

// program is one run of the binary.
type program struct {
	call call
	in   io.Reader
	out  io.Writer
	err  io.Writer
}

// main carries out the call.
func (p *program) main(ctx context.Context) error {
	switch {
	case p.call.metadata:
		return p.printMetadata()
	case p.call.complete:
		return p.printCompletions(ctx)
	}
	app := p.app()
	return app.RunContext(ctx, append([]string{"bg"}, arrange(app, p.call.args)...))
}

// app returns all commands. Every call makes a new one, since cli changes
// what it runs.
func (p *program) app() *cli.App {
	app := &cli.App{
		Name:     "bg",
		HelpName: p.call.name,
		Usage:    "blue-green releases for Docker Compose with Traefik",
		Description: `Two colors of an app run side by side; bg moves traffic between them
without losing a request, and moves it back by itself when the new color fails.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 demoted,
4 timed out, 5 no controller.`,
		UsageText: p.words("$bg [global options] COMMAND [options] [arguments]"),
		Version:   version(),
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "host", EnvVars: []string{"BG_HOST"},
				Usage: "reach the controller at `ADDRESS`: unix:///run/bg/bg.sock, or tcp://HOST:PORT with BG_TOKEN",
			},
			&cli.StringFlag{
				Name: "controller", EnvVars: []string{"BG_CONTROLLER"},
				Usage: "the `CONTAINER` of the controller, where several run",
			},
			cli.HelpFlag,
		},
		Commands: []*cli.Command{
			p.deployCommand(),
			p.planCommand(),
			p.statusCommand(),
			p.promoteCommand(),
			p.canaryCommand(),
			p.pauseCommand(),
			p.resumeCommand(),
			p.rollbackCommand(),
			p.historyCommand(),
			p.judgeCommand(),
			p.lockCommand(),
			p.unlockCommand(),
			p.contractCommand(),
			p.checkCommand(),
			p.controllerCommand(),
			p.tokenCommand(),
			p.socketProxyCommand(),
			p.installCommand(),
			p.shellInitCommand(),
			p.completionCommand(),
			p.manCommand(),
			p.dialStdioCommand(),
			p.helpCommand(),
		},
		Writer:         p.out,
		ErrWriter:      p.err,
		Reader:         p.in,
		Action:         p.unknownCommand,
		OnUsageError:   p.flagError,
		ExitErrHandler: func(*cli.Context, error) {}, // exit is the caller's
	}
	for _, c := range app.Commands {
		c.HideHelpCommand = true
		c.OnUsageError = p.flagError
		for _, f := range c.Flags {
			if b, ok := f.(*cli.BoolFlag); ok {
				b.DisableDefaultText = true
			}
		}
	}
	return app
}
