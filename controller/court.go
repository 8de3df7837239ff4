package controller

import (
	"slices"
	"strings"
	"time"

	"bg/controller/api"
	"bg/controller/judge"
	"bg/controller/rollout"
	"bg/controller/traefik"
)

// court judges the traffic of all apps by what Traefik counts. The loop owns
// it. What it knows of an app is kept in the store, so that a restart forgets
// neither evidence nor what the old color was like.
type court struct {
	last  traefik.Metrics
	cases map[string]*docket // by app
}

// docket is what the court knows of one app.
type docket struct {
	key  string          // of the trial under way, "" for none
	arms map[string]*arm // by service; "" is all of them together
	sum  rollout.Judgment
	past []string // services that the app has no more, and the store still has

	excuse excuse // for replicas that die
}

// The longest time between two looks of which what came in between still
// counts. In a trial shares may have changed more than once in a longer one;
// without one it all went to the color that is active.
const (
	maxGap     = time.Minute
	maxIdleGap = 10 * time.Minute
)

// hear takes one look at Traefik's counts in. It reports whether a verdict
// is another one than before.
func (c *court) hear(m traefik.Metrics, trials []rollout.Trial, s rollout.State, recall func(app, service string) *arm) bool {
	all, gap := m.Since(c.last), m.At.Sub(c.last.At)
	c.last = m
	changed := false
	for _, t := range trials {
		d := c.cases[t.App]
		if d == nil {
			d = &docket{arms: map[string]*arm{}}
			c.cases[t.App] = d
		}
		deltas := all
		if gap > maxIdleGap || t.Key != "" && gap > maxGap {
			deltas = nil
		}
		was := d.sum.Outcome
		d.hear(m.At, t, deltas, rescues(s.Apps[t.App], t), recall)
		changed = changed || d.sum.Outcome != was
	}
	return changed
}

// rescues reports whether the other color answers what the candidate can't.
func rescues(a *rollout.App, t rollout.Trial) bool {
	return a != nil && a.Route != nil && slices.ContainsFunc(a.Route.Services, func(s rollout.Service) bool {
		return s.Rescue == t.Candidate.Other()
	})
}

// hear takes in what came of one app.
func (d *docket) hear(at time.Time, t rollout.Trial, deltas map[string]traefik.Delta, rescued bool, recall func(app, service string) *arm) {
	if d.key != t.Key {
		d.key, d.sum, d.excuse = t.Key, rollout.Judgment{Key: t.Key}, excuse{}
	}
	names := armsOf(t)
	for name := range d.arms {
		if len(names) > 0 && !slices.Contains(names, name) {
			d.past = append(d.past, name)
			delete(d.arms, name)
		}
	}
	t.Rules.Alpha /= float64(max(len(names), 1))
	heard := []look{{at, t, deltas}}
	if t.Key != "" {
		heard = d.excuse.ripe(heard[0])
	}
	for _, name := range names {
		a := d.arms[name]
		if a == nil {
			a = recall(t.App, name)
			d.arms[name] = a
		}
		a.open(t, name)
		if t.Key != "" && rescued {
			a.Saved += a.saved(t, name, deltas)
		}
		for _, l := range heard {
			a.hear(l, name)
		}
	}
	if t.Key != "" && len(names) > 0 {
		d.weigh(names)
	}
}

// armsOf returns what is judged of an app: all of its services together, and
// each by itself if it has several, so that a small one that is broken does
// not go under in the traffic of the others.
func armsOf(t rollout.Trial) []string {
	if len(t.Services) == 0 {
		return nil
	}
	names := []string{""}
	if len(t.Services) > 1 {
		for _, e := range t.Services {
			names = append(names, e.Service)
		}
	}
	return names
}

// weigh makes one judgment of all arms: what speaks against one service
// speaks against the release, and what speaks for all together speaks for it.
func (d *docket) weigh(names []string) {
	of := ""
	for _, name := range slices.Backward(names) { // the whole says least, so it comes last
		if d.arms[name].Trial.Verdict().Outcome == judge.Fail {
			of = name
			break
		}
	}
	a := d.arms[of]
	d.sum.Service, d.sum.Verdict, d.sum.SlowAfter, d.sum.Saved = of, a.Trial.Verdict(), a.bound, a.Saved
}

// judgments returns what is known of the releases that are on trial, by app.
func (c *court) judgments() map[string]rollout.Judgment {
	var out map[string]rollout.Judgment
	for app, d := range c.cases {
		if d.key == "" || len(d.arms) == 0 {
			continue
		}
		if out == nil {
			out = map[string]rollout.Judgment{}
		}
		out[app] = d.sum
	}
	return out
}

// record returns what the judge was told of one service of an app.
func (c *court) record(app, service string) api.Record {
	out := api.Record{Services: []string{}}
	d := c.cases[app]
	if d == nil {
		return out
	}
	for name, a := range d.arms {
		if a.record == nil {
			continue
		}
		out.Services = append(out.Services, name)
		if name == service {
			var text strings.Builder
			if _, err := a.record.WriteTo(&text); err == nil {
				out.Text = text.String()
			}
		}
	}
	slices.Sort(out.Services)
	return out
}
