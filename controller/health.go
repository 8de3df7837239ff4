package controller

import (
	"fmt"

	"bg/controller/rollout"
	"bg/controller/traefik"
)

// examine takes in what bg's own checks have found.
func (l *loop) examine(checks map[string]rollout.Check) {
	l.checks = checks
	l.problems.set("health", deaf(l.seen, checks)...)
	if w := rollout.Checked(l.seen, checks, l.world); w != l.world {
		l.world = w
		l.step()
		return
	}
	l.show()
}

// deaf returns the problem that bg hears nobody on some network, if it is so.
// Nothing moves for that, so only a person can tell what is wrong.
func deaf(w *rollout.World, checks map[string]rollout.Check) []traefik.Problem {
	if w == nil {
		return nil
	}
	silent, one := 0, ""
	for _, c := range w.Containers {
		if checks[c.ID].Deaf {
			if silent++; silent == 1 {
				one = c.Name
			}
		}
	}
	if silent == 0 {
		return nil
	}
	return []traefik.Problem{{Severity: traefik.Error, Text: fmt.Sprintf(
		"%d containers, %s among them, do not answer bg's own check, and neither does anything else on their network: "+
			"either the controller cannot reach it, or all of them hang; for that alone nothing moves", silent, one)}}
}
