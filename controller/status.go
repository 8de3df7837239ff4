package controller

import (
	"encoding/json"
	"fmt"
	"time"

	"bg/controller/api"
	"bg/controller/rollout"
	"bg/labels"
)

// status turns a snapshot into what people and programs are shown.
func (s *snapshot) status(version string, now time.Time) api.Status {
	out := api.Status{
		Version: version, Revision: s.revision, Time: now,
		Generation: s.state.Generation, Confirmed: s.state.Confirmed,
		Apps: []api.App{}, Strays: []api.Stray{},
	}
	out.Problems = append([]api.Problem{}, s.problems...)
	for _, v := range rollout.Views(s.state, s.world, s.policy) {
		app := showApp(v, s.state.Confirmed, s.world != nil)
		if j, found := s.judgments[app.Name]; found && j.Key == v.Trial {
			app.Judgment = showJudgment(&j)
		}
		if alarm := v.App.Side(v.App.Active).Alarm; v.App.Active != "" && alarm != "" {
			out.Problems = append(out.Problems, api.Problem{
				Severity: "error", Subject: "app " + app.Name, Text: fmt.Sprintf("%s: %s; %s", v.App.Active, alarm, v.WayBack),
			})
		}
		out.Apps = append(out.Apps, app)
	}
	for _, c := range rollout.Strays(s.state, s.world, s.policy) {
		out.Strays = append(out.Strays, api.Stray{ID: c.ID, Name: c.Name, Reason: c.Invalid})
	}
	return out
}

func showApp(v rollout.View, confirmed uint64, seen bool) api.App {
	a := v.App
	out := api.App{
		Name: a.Name, Active: string(a.Active), Generation: a.Generation,
		Live: a.Route != nil && a.Generation <= confirmed, Rules: rules(a.Route), Preview: preview(a.Route), Colors: []api.Color{},
	}
	if a.Active != "" {
		out.Since = a.Side(a.Active).At
	}
	for i, color := range labels.Colors {
		side, view := a.Side(color), v.Colors[i]
		if side.Role == "" && len(view.Containers) == 0 {
			continue
		}
		c := api.Color{
			Color: string(color), Role: string(side.Role), Weight: a.Share(color),
			Ready: view.Able, Since: side.At, Cause: side.Cause, Containers: []api.Container{},
		}
		for _, m := range view.Containers {
			c.Containers = append(c.Containers, showContainer(m))
		}
		out.Colors = append(out.Colors, c)
	}
	if out.Release = showRun(a.Run); a.Run != nil && a.Run.Outcome == "" {
		out.Release.Cause, out.Release.Of = v.Waits, v.Goal.Seconds()
		if !v.Deadline.IsZero() {
			out.Release.Deadline = &v.Deadline
		}
	}
	if a.Lock != nil {
		out.Lock = &api.Lock{By: a.Lock.By, Since: a.Lock.Since, Message: a.Lock.Message}
	}
	if out.Phase, out.Note = phase(v); !seen {
		// Unknown is not down: after a start the routes are what they were.
		out.Phase, out.Note = lastPhase(a), "Docker's containers were not seen yet; the last routing stays"
	}
	return out
}

// showJudgment is nil for nil.
func showJudgment(j *rollout.Judgment) *api.Judgment {
	if j == nil {
		return nil
	}
	return &api.Judgment{Service: j.Service, Saved: j.Saved, Slow: j.SlowAfter.Seconds(), Verdict: j.Verdict}
}

// showRun is nil for nil.
func showRun(r *rollout.Run) *api.Release {
	if r == nil {
		return nil
	}
	return &api.Release{
		ID: r.ID, Digest: r.Digest, Color: string(r.Color), Step: string(r.Step), Begun: r.Begun, Entered: r.Entered,
		By: r.By, Message: r.Message, Outcome: string(r.Outcome), Cause: r.Cause, Live: r.Live, Healthy: r.Healthy.Total.Seconds(),
	}
}

// lastPhase says where an app stood when it was decided on last.
func lastPhase(a rollout.App) string {
	switch {
	case a.Active == "":
		return api.PhaseWaiting
	case a.Weight > 0:
		return api.PhaseCanary
	}
	return api.PhaseStable
}

func showContainer(m *rollout.Container) api.Container {
	out := api.Container{
		ID: m.ID, Name: m.Name, Service: m.Spec.Service, Condition: string(m.Condition),
		Detail: m.Detail, Address: m.Address, Hook: string(m.Spec.Hook),
	}
	if m.Invalid != "" {
		out.Condition, out.Detail = "invalid", m.Invalid
	}
	return out
}

// phase says where the app stands, and what it waits for.
func phase(v rollout.View) (phase, note string) {
	a := v.App
	if a.Active == "" {
		for i, color := range labels.Colors {
			if side := a.Side(color); side.Role == rollout.Demoted {
				note = fmt.Sprintf("%s was demoted: %s", color, side.Cause)
			} else if len(v.Colors[i].Containers) > 0 {
				note = fmt.Sprintf("%s: %s", color, v.Colors[i].Why)
			}
		}
		return api.PhaseWaiting, note
	}
	active, other := v.Colors[index(a.Active)], v.Colors[index(a.Active.Other())]
	side := a.Side(a.Active.Other())
	switch {
	case !active.Able && !other.Able:
		return api.PhaseDown, fmt.Sprintf("%s: %s; the last routing stays", a.Active, active.Why)
	case a.Weight > 0:
		return api.PhaseCanary, ""
	case side.Role == rollout.Candidate && other.Able:
		return api.PhaseReady, fmt.Sprintf("%s is ready: bg promote %s, or bg canary %s 10", a.Active.Other(), a.Name, a.Name)
	case side.Role == rollout.Candidate:
		return api.PhaseStarting, fmt.Sprintf("%s: %s", a.Active.Other(), other.Why)
	case side.Role == rollout.Demoted:
		note = fmt.Sprintf("%s was demoted: %s", a.Active.Other(), side.Cause)
	}
	switch denied := a.Side(a.Active).Denied; {
	case !active.Able:
		note = fmt.Sprintf("%s: %s", a.Active, active.Why)
	case denied != "":
		note = fmt.Sprintf("%s keeps the rules that it had: %s", a.Active, denied)
	}
	return api.PhaseStable, note
}

func index(c labels.Color) int {
	if c == labels.Green {
		return 1
	}
	return 0
}

// rules returns the rules of the routers in force.
func rules(r *rollout.Route) []string {
	out := []string{}
	if r == nil {
		return out
	}
	for _, router := range r.Routers {
		var options map[string]any
		if json.Unmarshal([]byte(router.Options), &options) == nil {
			if rule, ok := options["rule"].(string); ok {
				out = append(out, rule)
			}
		}
	}
	return out
}
