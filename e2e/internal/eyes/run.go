package eyes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bg/e2e/internal/stack"
)

// Run strikes n times under so many requests a second, on an app of its own that
// is gone after that, and returns the trials so far also with an error. each, if
// given, gets each one when it is over.
func (s Scenario) Run(ctx context.Context, on *stack.Stack, n, rate int, each func(Trial)) (trials []Trial, err error) {
	a, err := open(ctx, on, s, rate)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.close(ctx)) }()
	for i := range n {
		t, err := a.trial(ctx)
		if err != nil {
			return trials, fmt.Errorf("%s, trial %d: %w", s.Name, i+1, err)
		}
		if len(s.Broken(t)) > 0 {
			t.Log = a.log(ctx, t.struck)
		}
		trials = append(trials, t)
		if each != nil {
			each(t)
		}
	}
	return trials, nil
}

// log returns what the controller and Traefik said since then, the newest 40
// lines of each.
func (a *app) log(ctx context.Context, since time.Time) []string {
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	var lines []string
	for _, name := range []string{a.stack.Controller, a.stack.Traefik} {
		args := []string{"logs", "--tail", "40"}
		if !since.IsZero() {
			args = append(args, "--since", since.Format(time.RFC3339Nano))
		}
		// Both streams, and an error is something said as well.
		text, err := a.stack.Testbed.Docker(ctx, append(args, name)...).CombinedOutput()
		if err != nil {
			lines = append(lines, fmt.Sprintf("%s: %v", name, err))
		}
		for line := range strings.Lines(string(text)) {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	return lines
}
