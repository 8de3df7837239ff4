package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) historyCommand() *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "show what changed, why and by whom",
		UsageText: p.words("$bg history [APP] [-n COUNT] [-o json]"),
		Description: p.words(`Lists the newest changes, the last one at the bottom, of one app or of all.

Examples:
   $bg history
   $bg history shop -n 100
   $bg history shop -o json`),
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "n", Value: 20, Usage: "show the newest `COUNT`, up to 1000"},
			outputFlag(),
		},
		Action: func(c *cli.Context) error {
			app, err := oneArg(c)
			if err != nil {
				return err
			}
			if app != "" && !api.ValidApp(app) {
				return usagef("%q is no app name: those are of a-z, 0-9 and -, 63 at most", app)
			}
			if n := c.Int("n"); n < 1 || n > 1000 {
				return usagef("-n %d: give 1 to 1000", n)
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
			events, err := client.History(c.Context, app, c.Int("n"))
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(events)
			}
			p.printHistory(events)
			return nil
		},
	}
}

func (p *program) printHistory(events []api.Event) {
	if len(events) == 0 {
		fmt.Fprintln(p.out, "Nothing has happened yet.")
		return
	}
	s := p.style()
	t := table{style: s, head: []string{"TIME", "APP", "CHANGE", "BLUE", "GREEN", "ACTOR", "CAUSE"}}
	for _, e := range events {
		t.rows = append(t.rows, []string{
			s.faint(e.Time.Local().Format(time.DateTime)), oneLine(e.App), s.change(oneLine(e.Change)),
			s.share("blue", e.Blue), s.share("green", e.Green), oneLine(e.Actor), oneLine(e.Cause),
		})
	}
	fmt.Fprint(p.out, t.render(p.width()))
}
