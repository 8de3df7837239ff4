package controller

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
	"bg/controller/rollout"
)

// Controller answers the API.
var _ api.Backend = (*Controller)(nil)

// Status implements api.Backend.
func (c *Controller) Status(ctx context.Context, after uint64) (api.Status, error) {
	s, _ := c.board.until(ctx, func(s *snapshot) bool { return s.revision > after })
	return s.status(c.Version, time.Now()), nil
}

// Command implements api.Backend.
func (c *Controller) Command(ctx context.Context, app, verb string, cmd api.Command) (api.Accepted, error) {
	r := request{
		command: rollout.Command{
			App: app, Verb: rollout.Verb(verb), Force: cmd.Force, Full: cmd.Full, From: cmd.From, Actor: cmd.Actor,
			Digest: cmd.Digest, Release: cmd.Release, Message: cmd.Message, Keep: cmd.Keep, Containers: cmd.Containers,
		},
		reply: make(chan rollout.Reply, 1),
	}
	if cmd.Percent != nil {
		r.command.Percent = *cmd.Percent
	}
	if r.command.Actor == "" {
		r.command.Actor = "operator"
	}
	select {
	case c.commands <- r:
	case <-ctx.Done():
		return api.Accepted{}, fmt.Errorf("hand %s to the controller: %w", verb, ctx.Err())
	}
	select {
	case reply := <-r.reply:
		if reply.Refusal != "" {
			return api.Accepted{}, &api.Refusal{Text: reply.Refusal}
		}
		return api.Accepted{App: app, Generation: reply.Generation, Message: reply.Message, Release: showRun(reply.Run)}, nil
	case <-ctx.Done():
		return api.Accepted{}, fmt.Errorf("wait for the decision on %s: %w", verb, ctx.Err())
	}
}

// Wait implements api.Backend.
func (c *Controller) Wait(ctx context.Context, app string, generation uint64) (api.Outcome, error) {
	var out api.Outcome
	known := true
	s, done := c.board.until(ctx, func(s *snapshot) bool {
		if known = s.state.Apps[app] != nil; !known {
			return true
		}
		if fall, ok := c.board.fell(app, generation); ok {
			out = api.Outcome{Outcome: api.Undone, Text: fall.Cause}
			return true
		}
		if s.state.Confirmed >= generation {
			out = api.Outcome{Outcome: api.Confirmed, Text: fmt.Sprintf("live (generation %d)", generation)}
			return true
		}
		return false
	})
	if !known {
		return out, &api.Refusal{Text: fmt.Sprintf("there is no app %q any more", app)}
	}
	if !done {
		out = api.Outcome{Outcome: api.Pending, Text: fmt.Sprintf("generation %d is not confirmed yet", generation)}
		if i := slices.IndexFunc(s.problems, func(p api.Problem) bool { return p.Severity == "error" }); i >= 0 {
			out.Text = s.problems[i].Text
		}
	}
	return out, nil
}

// Record implements api.Backend.
func (c *Controller) Record(ctx context.Context, app, service string) (api.Record, error) {
	q := question{app: app, service: service, answer: make(chan api.Record, 1)}
	select {
	case c.questions <- q:
	case <-ctx.Done():
		return api.Record{}, ctx.Err()
	}
	select {
	case r := <-q.answer:
		if r.Text == "" {
			return r, &api.Refusal{Text: noRecord(app, service, r.Services)}
		}
		return r, nil
	case <-ctx.Done():
		return api.Record{}, ctx.Err()
	}
}

func noRecord(app, service string, known []string) string {
	switch {
	case len(known) == 0:
		return fmt.Sprintf("no release of %s is judged, or Traefik has no metrics: see bg status and bg check", app)
	case service == "":
		return fmt.Sprintf("nothing of %s was judged yet", app)
	}
	return fmt.Sprintf("nothing of service %s of %s was judged: there is %s", service, app, strings.Join(known, ", "))
}

// History implements api.Backend.
func (c *Controller) History(_ context.Context, app string, limit int) ([]api.Event, error) {
	events, err := c.Store.History(app, limit)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	out := make([]api.Event, 0, len(events))
	for _, e := range slices.Backward(events) {
		out = append(out, api.Event{
			Time: e.Time, App: e.App, Generation: e.Generation, Change: string(e.Change), Active: e.Active,
			Blue: e.Blue, Green: e.Green, Cause: e.Cause, Actor: e.Actor, Release: e.Release, Judgment: showJudgment(e.Judgment),
		})
	}
	return out, nil
}
