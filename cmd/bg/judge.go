package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"bg/controller/judge"
)

func (p *program) judgeCommand() *cli.Command {
	return &cli.Command{
		Name:      "judge",
		Usage:     "judge the traffic of a release once more",
		UsageText: p.words("$bg judge [APP] [--service NAME] [--save FILE] | --replay FILE  [-o json]"),
		Description: p.words(`Judges the polls of a record one by one, as the controller did, and prints what
they come to, with the numbers. The record is that of the app's newest release,
or the one in a file; --save keeps it, so that anyone can check the verdict
without the controller. The exit code is 3 if the new color is to be demoted.

A record is lines of JSON: {"version":1,"rules":{"alpha":0.01}}, then for each
poll its time ("at"), the counts of "candidate" and "stable", and "baseline".

Examples:
   $bg judge shop
   $bg judge shop --service api --save release.jsonl
   $bg judge --replay release.jsonl
   $bg judge --replay - < release.jsonl
   $bg judge --replay release.jsonl -o json`),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "replay", Usage: "read the record from `FILE`, - for the standard input"},
			&cli.StringFlag{Name: "service", Usage: "of the app's service `NAME` alone"},
			&cli.StringFlag{Name: "save", Usage: "write the record to `FILE`, - for the standard output, and judge nothing"},
			outputFlag(),
		},
		Action: func(c *cli.Context) error {
			asJSON, err := wantsJSON(c)
			if err != nil {
				return err
			}
			r, done, err := p.judged(c)
			if err != nil || done {
				return err
			}
			if asJSON {
				err = p.printJSON(r)
			} else {
				_, err = fmt.Fprint(p.out, replayView{style: p.style(), width: p.width()}.render(r))
			}
			if err == nil && r.Verdict.Outcome == judge.Fail {
				return &exitError{code: exitDemoted}
			}
			return err
		},
	}
}

// judged returns what the record comes to that c asks for; done is true where
// it was to be saved and no more.
func (p *program) judged(c *cli.Context) (r replayed, done bool, err error) {
	app, err := oneArg(c)
	if err != nil {
		return r, false, err
	}
	if name := c.String("replay"); name != "" {
		if app != "" || c.String("service") != "" || c.String("save") != "" {
			return r, false, usagef("--replay takes no APP, --service or --save: it asks no controller")
		}
		r, err = p.replay(name)
		return r, false, err
	}
	client, _, err := p.connect(c)
	if err != nil {
		return r, false, err
	}
	defer client.Close()
	if app, err = onlyApp(c.Context, client, app); err != nil {
		return r, false, err
	}
	record, err := client.Record(c.Context, app, c.String("service"))
	if err != nil {
		return r, false, err
	}
	switch name := c.String("save"); name {
	case "":
		r, err = replay(strings.NewReader(record.Text))
		return r, false, err
	case "-":
		_, err = io.WriteString(p.out, record.Text)
		return r, true, err
	default:
		return r, true, os.WriteFile(name, []byte(record.Text), 0o644)
	}
}

// replayed is what a record comes to.
type replayed struct {
	Polls   int           `json:"polls"`
	From    *time.Time    `json:"from,omitempty"`
	To      *time.Time    `json:"to,omitempty"`
	Failed  int           `json:"failed_at_poll,omitempty"` // counted from 1
	At      *time.Time    `json:"failed_at,omitempty"`
	Verdict judge.Verdict `json:"verdict"`
}

// replay judges the record in a file, "-" being the standard input.
func (p *program) replay(name string) (replayed, error) {
	in := p.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return replayed{}, err
		}
		defer f.Close()
		in = f
	}
	r, err := replay(in)
	var path *os.PathError
	if err != nil && !errors.As(err, &path) { // which names the file already
		return replayed{}, fmt.Errorf("%s: %w", name, err)
	}
	return r, err
}

func replay(in io.Reader) (r replayed, err error) {
	r.Verdict, err = judge.Replay(in, func(p judge.Poll, v judge.Verdict) {
		r.Polls++
		if r.From == nil {
			r.From = &p.At
		}
		r.To = &p.At
		if v.Outcome == judge.Fail && r.Failed == 0 {
			r.Failed, r.At = r.Polls, &p.At
		}
	})
	return r, err
}
