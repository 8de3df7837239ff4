package rollout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bg/labels"
)

// I12: the same facts lead to the same servers, in whatever order and in
// however many looks they were seen. Facts that cancel each other out, such
// as a failure and a recovery, are another story: a look between them counts.
func TestTheOrderOfEventsDoesNotMatter(t *testing.T) {
	up := [][]string{{"web"}, {"web", "web/2"}, {"web", "api"}, {"web", "web/2", "api", "api/2"}}
	explore(t, 2000, 500, func(t *rapid.T) {
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		var state State
		decide := func(s State, seen map[string]*Container, pause time.Duration) State {
			now = now.Add(pause)
			var all []*Container
			for _, c := range seen {
				all = append(all, c)
			}
			next, _ := Decide(s, Input{Now: now, World: world(all...), Confirmed: s.Generation})
			return next
		}
		// One color or two are up; then one of them starts or ends.
		seen := map[string]*Container{}
		colors := rapid.SampledFrom([][]labels.Color{{"blue"}, {"green"}, {"blue", "green"}}).Draw(t, "colors")
		for _, color := range colors {
			for _, name := range rapid.SampledFrom(up).Draw(t, "containers") {
				c := container(color, name, Ready)
				seen[c.ID] = c
			}
			state = decide(state, seen, 0)
			state = decide(state, seen, Settle)
		}
		color, begins := colors[0], rapid.Bool().Draw(t, "begins")
		if begins {
			color = colors[0].Other()
		}
		var events []*Container
		for _, name := range rapid.SampledFrom(up).Draw(t, "concerned") {
			before, after := container(color, name+"@v2", Starting), container(color, name+"@v2", Ready)
			if !begins {
				after = container(color, name, Exited)
			} else if seen[before.ID] = before; rapid.Bool().Draw(t, "manual") {
				manual(before)
				manual(after)
			}
			if seen[after.ID] != nil {
				events = append(events, after)
			}
		}
		if begins {
			for id, c := range seen {
				if c.Spec.Color == color && !strings.Contains(id, "@v2") {
					delete(seen, id)
				}
			}
			state = decide(state, seen, 0)
		}
		play := func(events []*Container, looks bool) string {
			s, w := state, map[string]*Container{}
			for id, c := range seen {
				w[id] = c
			}
			for _, c := range events {
				if w[c.ID] = c; looks {
					s = decide(s, w, 0)
				}
			}
			s = decide(decide(s, w, 0), w, Settle)
			return strings.Join(serving(s.Apps["shop"].Route), "\n")
		}
		want, again := play(events, false), rapid.Permutation(slices.Clone(events)).Draw(t, "order")
		if got := play(again, true); got != want {
			t.Fatalf("with all at once\n%s\none by one\n%s", want, got)
		}
	})
}
