package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// hooksOf returns the hook containers of a color.
func (t *turn) hooksOf(c labels.Color) []*Container {
	if c == labels.Blue {
		return t.members.blueHooks
	}
	return t.members.greenHooks
}

// hooks runs the release's hooks of a kind one after the other, by service
// and name, and returns next once all have ended well. One that does not
// ends the run with outcome.
func (t *turn) hooks(kind labels.Hook, outcome Outcome, next Step) Step {
	step := t.app.Run.Step
	switch done, fault := t.runHooks(kind); {
	case fault != "":
		t.fail(outcome, fault)
		return step
	case !done:
		return step
	}
	return next
}

// runHooks has the hooks of a kind run to their ends. Docker is what
// remembers which of them did.
func (t *turn) runHooks(kind labels.Hook) (done bool, fault string) {
	for _, m := range t.hooksFor(kind) {
		limit := m.Spec.Deadline
		switch {
		case m.Condition == Exited && m.Code == 0:
			continue
		case m.Condition == Exited:
			return false, fmt.Sprintf("hook %s (container %s) exited with code %d", m.Spec.Service, m.Name, m.Code)
		case t.app.Run.Hook != m.ID:
			t.edit(func(r *Run) { r.Hook, r.HookAt = m.ID, t.in.Now })
		}
		end := t.app.Run.HookAt.Add(limit)
		switch {
		case !t.in.Now.Before(end):
			return false, fmt.Sprintf("hook %s (container %s) did not end within %s", m.Spec.Service, m.Name, limit)
		case m.Condition == Created && t.refused(m):
			return false, fmt.Sprintf("hook %s (container %s) could not be started: %s", m.Spec.Service, m.Name, brief(t.in.Failures[m.ID]))
		}
		t.wake = earliest(t.wake, end)
		return false, ""
	}
	return true, ""
}

// hooksFor returns the release's hooks of a kind, in the order in which
// they run.
func (t *turn) hooksFor(kind labels.Hook) []*Container {
	var out []*Container
	r := t.app.Run
	for _, m := range t.hooksOf(r.Color) {
		if m.valid() && m.Spec.Hook == kind && m.Spec.Release == r.ID && (r.ID != "" || !m.Ran) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *Container) int {
		return cmp.Or(cmp.Compare(a.Spec.Service, b.Spec.Service), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// contract runs the hooks that take away from the database, once the old
// color can get no traffic any more.
func (t *turn) contract() Step {
	r := t.app.Run
	hooks := t.hooksFor(labels.HookContract)
	waits := slices.ContainsFunc(hooks, func(m *Container) bool { return m.Spec.Promote == labels.Manual && !m.Ran })
	switch {
	case len(hooks) == 0:
	case waits && !r.Asked, !t.alone(r.Color):
		return Contract
	default:
		if !r.Changed {
			t.edit(func(r *Run) { r.Changed = true })
		}
		done, fault := t.runHooks(labels.HookContract)
		if fault != "" {
			t.end(Failed, fault)
			return Contract
		}
		if !done {
			return Contract
		}
	}
	t.end(Done, "all users have "+string(r.Color))
	return Contract
}

// alone reports whether no other color than c gets traffic, or could get it
// by a rollback or a demotion.
func (t *turn) alone(c labels.Color) bool {
	o := t.app.side(c.Other())
	return t.app.Active == c && t.app.Weight == 0 && t.app.Undo == nil && t.app.Generation <= t.confirmed && !o.Busy &&
		(o.Role == Retired || o.Role == "" || len(t.members.of(c.Other())) == 0) &&
		!slices.ContainsFunc(t.members.of(c.Other()), (*Container).runs)
}

// aftermath is what a run that failed leaves to do: its hooks for that case,
// its exclusive services, its containers.
func (t *turn) aftermath() {
	r := t.app.Run
	if r == nil || r.Outcome == "" || t.app.Active == r.Color {
		return
	}
	if r.Outcome == DemotedOutcome && !r.Overdue {
		if _, fault := t.runHooks(labels.HookDemoted); fault != "" {
			t.edit(func(r *Run) { r.Overdue = true })
			t.record(Fell, "after the demotion: "+fault, bg)
		}
	}
	if r.Outcome != Failed && r.Outcome != TimedOut && r.Outcome != DemotedOutcome {
		return
	}
	for _, m := range t.hooksOf(r.Color) {
		running := m.valid() && m.Spec.Release == r.ID && m.runs() && r.ID != ""
		if running && (m.Spec.Hook != labels.HookDemoted || t.app.Run.Overdue) {
			t.want(m, ActStop)
		}
	}
	if r.ID == "" || r.Keep || r.Tidied || !r.Step.before(Traffic) || t.app.side(r.Color).Role != Demoted {
		return
	}
	if t.stopAll(r.Color) {
		t.edit(func(r *Run) { r.Tidied = true })
	}
}

var _ = time.Second
