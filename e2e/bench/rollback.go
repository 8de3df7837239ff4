package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/figures"
	"bg/e2e/load"
)

// rollbackGoal is for the whole command, as a person in trouble waits for it:
// the program's start, docker exec into the controller, decision, write and
// confirmation.
const rollbackGoal = 250 * time.Millisecond

// rollback types `bg rollback` over and over, with a warm standby beside the
// active color, under load.
func rollback(ctx context.Context, b *bench) (err error) {
	s, subject, err := b.shop(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Down(ctx)) }()
	const where = "1 app, the stack"
	t := tally{What: fmt.Sprintf("%d rollbacks on the stack of docker-compose.yml", b.n)}
	subject.requests = &t
	users, err := load.Start(ctx, load.Options{Target: subject.web, Host: subject.host, Rate: b.rate, Duration: maxLoad})
	if err != nil {
		return err
	}
	defer users.Stop()

	var typed, live figures.Sample
	for i := range b.n {
		if _, err := subject.cutover(ctx); err != nil {
			return fmt.Errorf("promotion before rollback %d: %w", i+1, err)
		}
		if err := sleep(ctx, b.pause); err != nil {
			return err
		}
		start := time.Now()
		stdout, stderr, code := s.BG(ctx, "rollback", subject.app)
		if code != 0 {
			return fmt.Errorf("rollback %d: exit code %d: %s%s", i+1, code, stdout, stderr)
		}
		typed = append(typed, time.Since(start))
		took, err := b.lastRollback(ctx, subject, start)
		if err != nil {
			return err
		}
		live = append(live, took)
		b.say(where, i+1, b.n, &t)
		if err := sleep(ctx, b.pause); err != nil {
			return err
		}
	}
	t.users(users.Stop())
	b.report.Loads = append(b.report.Loads, t)
	b.report.Rows = append(b.report.Rows,
		row{where, "bg rollback typed -> returned, live", typed},
		row{where, "  of which typed -> decision", live})
	b.report.Goals = append(b.report.Goals, goal{
		Text: fmt.Sprintf("bg rollback, end to end: p99 %s, goal %s", typed.Quantile(0.99), rollbackGoal),
		Met:  typed.Quantile(0.99) <= rollbackGoal,
	})
	return nil
}

// lastRollback returns how long after start the newest rollback was decided, and
// takes note of where users are now.
func (b *bench) lastRollback(ctx context.Context, s *subject, start time.Time) (time.Duration, error) {
	events, err := s.client.History(ctx, s.app, 5)
	if err != nil {
		return 0, err
	}
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; e.Change == api.VerbRollback && e.Time.After(start) {
			s.active, s.standby = e.Active, false
			return e.Time.Sub(start), nil
		}
	}
	return 0, errors.New("the history does not tell of the rollback")
}
