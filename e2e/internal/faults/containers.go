package faults

import (
	"context"
	"fmt"
	"time"

	"bg/e2e/internal/eyes"
)

// containers are the faults of containers, on real Docker.
var containers = []Fault{
	watched(11, "paused, out", "paused", 3*time.Second, false),
	watched(12, "killed for its memory, out", "out-of-memory", 3*time.Second, false),
	watched(13, "network disconnected, out", "disconnected", 3*time.Second, false),
	watched(14, "flapping, one demotion and no oscillation", "flapping", 0, false),
	watched(29, "canary crashes at 50%, weight 0 and no GET lost", "killed", 0, true),
}

// watched is a fault that eyes has as a scenario: a canary at 50% is struck. Of
// its requests those count as lost that are safe to be sent again; bg answers for
// no others.
func watched(number int, text, scenario string, bound time.Duration, lossless bool) Fault {
	return Fault{Number: number, Text: text, On: Real, Bound: bound, Lossless: lossless, run: func(ctx context.Context, t *trial) error {
		sc, err := scenarioNamed(scenario)
		if err != nil {
			return err
		}
		s, done, err := t.stack(ctx)
		if err != nil {
			return err
		}
		defer done()
		trials, err := sc.Run(ctx, s, 1, t.rate, nil)
		for _, x := range trials {
			t.out.Violations = append(t.out.Violations, sc.Broken(x)...)
			t.out.Requests += x.Requests
			t.out.Lost += x.FailedGETs
			t.took(x.Out)
			t.out.Notes = append(t.out.Notes, x.Failures...)
			if len(t.out.Violations) > 0 {
				t.out.Notes = append(t.out.Notes, x.History...)
			}
		}
		return err
	}}
}

func scenarioNamed(name string) (eyes.Scenario, error) {
	for _, sc := range eyes.Scenarios() {
		if sc.Name == name {
			return sc, nil
		}
	}
	return eyes.Scenario{}, fmt.Errorf("eyes has no scenario %q", name)
}
