package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "print the manual page",
		UsageText: p.words("$bg man"),
		Description: p.words(`Examples:
   $bg man | man -l -
   $bg man > /usr/local/share/man/man1/bg.1`),
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			page, err := p.manual()
			if err != nil {
				return fmt.Errorf("make the manual page: %w", err)
			}
			_, err = fmt.Fprint(p.out, page)
			return err
		},
	}
}

// manual returns the page in roff. cli leaves the commands' descriptions
// out of it, so they go in as part of the usage.
func (p *program) manual() (string, error) {
	app := p.app()
	for _, c := range app.Commands {
		c.Usage += "."
		if c.Description != "" {
			c.Usage += "\n\n" + c.Description
		}
		for _, f := range c.Flags {
			if d, ok := f.(*cli.StringFlag); ok && d.DefaultText == "" && d.Value == "" {
				d.DefaultText = "none"
			}
		}
	}
	return app.ToManWithSection(1)
}
