package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

func (p *program) promoteCommand() *cli.Command {
	return &cli.Command{
		Name:      "promote",
		Usage:     "give users the other color",
		UsageText: p.words("$bg promote [APP] [options]"),
		Description: p.words(`Makes the candidate the active color: it gets all traffic. The former active
color stays as the warm standby, for $bg rollback. A candidate with steps
(bg.canary.steps) goes to its next step; --full skips what is left of them.
Waits until Traefik was seen to serve it.

Examples:
   $bg promote
   $bg promote shop --full
   $bg promote shop --force     # also if it was demoted before, at once`),
		Flags: append(changeFlags(), forceFlag(), &cli.BoolFlag{Name: "full", Usage: "all users at once, without further steps"}),
		Action: func(c *cli.Context) error {
			app, err := oneArg(c)
			if err != nil {
				return err
			}
			return p.change(c, app, api.VerbPromote, nil)
		},
	}
}

func (p *program) canaryCommand() *cli.Command {
	return &cli.Command{
		Name:      "canary",
		Usage:     "give some percent of users the other color",
		UsageText: p.words("$bg canary [APP] PERCENT [options]"),
		Description: p.words(`Moves PERCENT of the traffic, 0 to 100, to the candidate. 0 takes all back.

Examples:
   $bg canary 10
   $bg canary shop 25%
   $bg canary shop 0`),
		Flags: append(changeFlags(), forceFlag()),
		Action: func(c *cli.Context) error {
			app, percent, err := canaryArgs(c.Args().Slice())
			if err != nil {
				return err
			}
			return p.change(c, app, api.VerbCanary, &percent)
		},
	}
}

// changeLimit is how long a change that needs no new containers may take.
const changeLimit = 30 * time.Second

// changed is the JSON of a change.
type changed struct {
	api.Accepted
	Outcome      string `json:"outcome"` // of api.Outcome, or "accepted" with --no-wait
	Text         string `json:"text,omitempty"`
	Milliseconds int64  `json:"milliseconds"` // from the command to the outcome
}

// change commands verb and follows it until it is live.
func (p *program) change(c *cli.Context, app, verb string, percent *int) error {
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	timeout := c.Duration("timeout")
	if !c.IsSet("timeout") {
		timeout = changeLimit
	}
	if timeout <= 0 || timeout > 10*time.Minute {
		return usagef("--timeout %v: give up to 10m", timeout)
	}
	client, _, err := p.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	if app, err = onlyApp(c.Context, client, app); err != nil {
		return err
	}
	start := time.Now()
	command := api.Command{Percent: percent, Force: c.Bool("force"), Full: c.Bool("full"), Actor: actor()}
	if verb == api.VerbPromote {
		if command.From, err = candidateShare(c.Context, client, app); err != nil {
			return err
		}
	}
	accepted, err := client.Command(c.Context, app, verb, command)
	if err != nil {
		return p.changeError(app, err)
	}
	if accepted.Release != nil && !c.Bool("no-wait") { // of a rollback to a color that was stopped
		return p.followRelease(c, client, accepted)
	}
	result := changed{Accepted: accepted, Outcome: "accepted"}
	if !c.Bool("no-wait") {
		o, err := client.Wait(c.Context, accepted.App, accepted.Generation, timeout)
		if c.Context.Err() != nil {
			return &exitError{code: exitInterrupted, text: fmt.Sprintf("%s: accepted as generation %d, which goes on; not waited for any longer",
				accepted.Message, accepted.Generation)}
		}
		if err != nil {
			return fmt.Errorf("%s: accepted as generation %d, but what became of it is not known: %w\nSee '%s status %s'",
				accepted.Message, accepted.Generation, err, p.call.name, app)
		}
		result.Outcome, result.Text = o.Outcome, o.Text
	}
	result.Milliseconds = time.Since(start).Milliseconds()
	if asJSON {
		if err := p.printJSON(result); err != nil {
			return err
		}
	}
	return p.report(result, timeout, asJSON)
}

// candidateShare returns the percent of users that the color has which is not
// active, nil if there is none.
func candidateShare(ctx context.Context, client *api.Client, app string) (*int, error) {
	st, err := client.Status(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, a := range st.Apps {
		for _, color := range a.Colors {
			if a.Name == app && a.Active != "" && color.Color != a.Active {
				return &color.Weight, nil
			}
		}
	}
	return nil, nil
}

// report says what happened, and returns the error that makes the exit code.
func (p *program) report(r changed, timeout time.Duration, silent bool) error {
	say := func(code int, format string, args ...any) error {
		switch text := fmt.Sprintf(format, args...); {
		case silent && code != exitDone:
			return &exitError{code: code}
		case code != exitDone:
			return &exitError{code: code, text: text}
		case !silent:
			fmt.Fprintln(p.out, text)
		}
		return nil
	}
	message := oneLine(r.Message)
	switch r.Outcome {
	case "accepted":
		return say(exitDone, "%s: accepted (generation %d)", message, r.Generation)
	case api.Confirmed:
		return say(exitDone, "%s: live (generation %d, %d ms)", message, r.Generation, r.Milliseconds)
	case api.Undone:
		return say(exitDemoted, "%s: taken back: %s\nSee '%s history %s'.", message, orElse(oneLine(r.Text), "no reason given"), p.call.name, r.App)
	case api.Pending:
		return say(exitTimeout, "%s: accepted as generation %d, and not live after %v\nSee '%s check'.", message, r.Generation, timeout, p.call.name)
	}
	return fmt.Errorf("%s: the controller answered %q, which this version does not know: use the same version of both", message, r.Outcome)
}

// changeError adds to an error what the person can do.
func (p *program) changeError(app string, err error) error {
	var refused *api.Refusal
	if errors.As(err, &refused) || errors.Is(err, api.ErrNoController) {
		return err
	}
	return fmt.Errorf("%w\nSee '%s status %s' for what became of it", err, p.call.name, app)
}
