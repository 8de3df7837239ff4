package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// maxHistory is the most events that the controller answers.
const maxHistory = 1000

func (p *program) historyCommand() *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "show what changed, why and by whom",
		UsageText: p.words("$bg history [APP] [-n COUNT] [--releases] [-o json]"),
		Description: p.words(`Lists the newest changes, the last one at the bottom, of one app or of all.
With --releases, each release with its outcome, and whether its files are kept
on this machine, so that $bg rollback --to can release it again.

Examples:
   $bg history
   $bg history shop --releases
   $bg history shop -n 100
   $bg history shop -o json`),
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "n", Value: 20, Usage: "show the newest `COUNT`, up to 1000"},
			&cli.BoolFlag{Name: "releases", Usage: "list the releases, and which of them are kept here"},
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
			if n := c.Int("n"); n < 1 || n > maxHistory {
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
			if c.Bool("releases") {
				return p.releases(c, client, app, asJSON)
			}
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

// releases lists the newest releases, -n at most.
func (p *program) releases(c *cli.Context, client *api.Client, app string, asJSON bool) error {
	st, err := client.Status(c.Context, 0, 0)
	if err != nil {
		return err
	}
	events, err := client.History(c.Context, app, maxHistory)
	if err != nil {
		return err
	}
	all := pastReleases(events, st.Apps, func(app string) []string { return openShelf(app).releases() }, app)
	all = all[max(0, len(all)-c.Int("n")):]
	if asJSON {
		return p.printJSON(append([]past{}, all...))
	}
	p.printReleases(all)
	return nil
}

func (p *program) printHistory(events []api.Event) {
	if len(events) == 0 {
		fmt.Fprintln(p.out, "Nothing has happened yet.")
		return
	}
	s := p.style()
	head := []string{"TIME", "APP", "CHANGE", "BLUE", "GREEN", "ACTOR", "CAUSE"}
	deployed := slices.ContainsFunc(events, func(e api.Event) bool { return e.Release != "" })
	if deployed {
		head = slices.Insert(head, 2, "RELEASE")
	}
	t := table{style: s, head: head}
	for _, e := range events {
		row := []string{
			s.faint(e.Time.Local().Format(time.DateTime)), oneLine(e.App), s.change(oneLine(e.Change)),
			s.share("blue", e.Blue), s.share("green", e.Green), oneLine(e.Actor), oneLine(e.Cause),
		}
		if deployed {
			row = slices.Insert(row, 2, orElse(oneLine(e.Release), "-"))
		}
		t.rows = append(t.rows, row)
	}
	fmt.Fprint(p.out, t.render(p.width()))
}
