package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/flip"
	"bg/e2e/internal/renames"
)

// subject is an app with two ready colors that is switched to and fro.
type subject struct {
	client    *api.Client
	app       string
	web, host string // how users reach it
	requests  *tally
	renames   *renames.Watch // nil: the folder can't be seen

	active  string
	standby bool // the other color is the standby, so going there is a rollback
}

// switchLimit is how long one switch may take before it is an error.
const switchLimit = 15 * time.Second

// switched is when one switch came how far.
type switched struct {
	commanded, decided, renamed, answered, confirmed time.Time
}

// learn reads from the status where the app stands.
func (s *subject) learn(ctx context.Context) error {
	status, err := s.client.Status(ctx, 0, 0)
	if err != nil {
		return err
	}
	for _, a := range status.Apps {
		if a.Name != s.app {
			continue
		}
		s.active = a.Active
		for _, c := range a.Colors {
			if c.Color != a.Active {
				s.standby = c.Role == "standby"
				if !c.Ready {
					return fmt.Errorf("%s of %s is not ready", c.Color, s.app)
				}
			}
		}
		return nil
	}
	return fmt.Errorf("the controller knows no app %s", s.app)
}

func other(color string) string {
	if color == "blue" {
		return "green"
	}
	return "blue"
}

// prober starts to ask around a switch.
func (s *subject) prober(ctx context.Context) (*flip.Prober, error) {
	return flip.Start(ctx, flip.Options{Target: s.web, Host: s.host, Limit: switchLimit + 5*time.Second})
}

// cutover moves all users to the other color, there by `bg promote --force`
// and back by `bg rollback`: a rollback latches the color that it leaves, so
// that promote has to be told to take it again. Commands go over the API, as
// bg's own do, on a connection that is open already.
func (s *subject) cutover(ctx context.Context) (w switched, err error) {
	ctx, cancel := context.WithTimeout(ctx, switchLimit)
	defer cancel()
	p, err := s.prober(ctx)
	if err != nil {
		return w, err
	}
	defer func() { s.requests.add(p.Stop()) }()

	verb, command := api.VerbPromote, api.Command{Force: true, Actor: "bench"}
	if s.standby {
		verb, command = api.VerbRollback, api.Command{Actor: "bench"}
	}
	to := other(s.active)
	w.commanded = time.Now()
	accepted, err := s.client.Command(ctx, s.app, verb, command)
	if err != nil {
		return w, fmt.Errorf("%s: %w", verb, err)
	}
	outcome, err := s.client.Wait(ctx, s.app, accepted.Generation, switchLimit)
	w.confirmed = time.Now()
	if err == nil && outcome.Outcome != api.Confirmed {
		err = fmt.Errorf("it is %s: %s", outcome.Outcome, outcome.Text)
	}
	if err != nil {
		return w, fmt.Errorf("%s, generation %d: %w", verb, accepted.Generation, err)
	}
	if w.answered, err = p.Await(ctx, to); err != nil {
		return w, err
	}
	s.active, s.standby = to, verb == api.VerbPromote
	if w.decided, err = s.decision(ctx, accepted.Generation); err != nil {
		return w, err
	}
	if s.renames != nil {
		w.renamed = s.renames.Last()
	}
	return w, nil
}

// decision returns the time, on the controller's clock, at which it decided
// what came with a generation. Controller and prober run on one kernel, so
// it is the same clock.
func (s *subject) decision(ctx context.Context, generation uint64) (time.Time, error) {
	events, err := s.client.History(ctx, s.app, 5)
	if err != nil {
		return time.Time{}, err
	}
	for _, e := range events {
		if e.Generation == generation && e.Active == s.active && (e.Change == "promote" || e.Change == "rollback" || e.Change == "demote") {
			return e.Time, nil
		}
	}
	return time.Time{}, errors.New("the history does not tell of the switch")
}
