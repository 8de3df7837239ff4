package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) tokenCommand() *cli.Command {
	return &cli.Command{
		Name:      "token",
		Usage:     "make a token for the API over TCP",
		ArgsUsage: "NAME",
		UsageText: p.words("$bg token NAME [options]"),
		Description: p.words(`Prints a new token once, and the line that lets its holder in, for the file
of "$bg controller --token-file". The line holds the token's SHA-256, so the
token itself is stored nowhere. NAME is who commands, in the history.

Whoever has the token sets BG_HOST=tcp://HOST:PORT and BG_TOKEN to it, and
BG_TLS_CA to a file with the certificate's authority if the system does not
know that one.

Examples:
   $bg token ci
   $bg token ann -o json`),
		Flags: []cli.Flag{outputFlag()},
		Action: func(c *cli.Context) error {
			asJSON, err := wantsJSON(c)
			if err != nil {
				return err
			}
			if c.Args().Len() != 1 {
				return usagef("whose token? Write: token ci")
			}
			name := c.Args().First()
			token, line, err := api.NewToken(name)
			if err != nil {
				return usagef("%v", err)
			}
			if asJSON {
				return p.printJSON(map[string]string{"name": name, "token": token, "line": line})
			}
			fmt.Fprintf(p.out, "token of %s, shown this once:\n%s\nline for the controller's token file:\n%s\n", name, token, line)
			return nil
		},
	}
}
