package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

func changeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "no-wait", Usage: "don't wait until the change is live"},
		&cli.DurationFlag{Name: "timeout", Value: changeLimit, Usage: "wait at most this `LONG`, up to 10m"},
		outputFlag(),
	}
}

func forceFlag() cli.Flag {
	return &cli.BoolFlag{Name: "force", Usage: "also for a color that was demoted"}
}

func outputFlag() cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "print as `FORMAT`: json"}
}

// wantsJSON reports which output is asked for.
func wantsJSON(c *cli.Context) (bool, error) {
	switch c.String("output") {
	case "":
		return false, nil
	case "json":
		return true, nil
	}
	return false, usagef("--output %q: only json is known", c.String("output"))
}

// oneArg returns the only argument, "" if there is none.
func oneArg(c *cli.Context) (string, error) {
	if c.Args().Len() > 1 {
		return "", usagef("%s takes one app, and got %q", c.Command.Name, c.Args().Slice())
	}
	return c.Args().First(), nil
}

// canaryArgs reads [APP] PERCENT.
func canaryArgs(args []string) (app string, percent int, err error) {
	switch len(args) {
	case 0:
		return "", 0, usagef("which percentage? Write: canary 10")
	case 1:
	case 2:
		app = args[0]
	default:
		return "", 0, usagef("canary takes an app and a percentage, and got %q", args)
	}
	given := last(args)
	percent, err = strconv.Atoi(strings.TrimSuffix(given, "%"))
	if err != nil || percent < 0 || percent > 100 {
		return "", 0, usagef("%q is no percentage: write 0 to 100", given)
	}
	return app, percent, nil
}

func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
