package rollout

import (
	"cmp"
	"fmt"
	"slices"

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
	switch done, fault := t.runHooks(kind, true); {
	case fault != "":
		t.fail(outcome, fault)
	case done:
		return next
	}
	return step
}

// runHooks has the hooks of a kind run to their ends; without may, no more
// of them are started. Docker is what remembers how each one ended.
func (t *turn) runHooks(kind labels.Hook, may bool) (done bool, fault string) {
	all := t.hooksFor(kind)
	if id := t.app.Run.Hook; id != "" {
		i := slices.IndexFunc(all, func(m *Container) bool { return m.ID == id })
		if i < 0 {
			return false, fmt.Sprintf("the container of a hook was removed before it was seen to end: %.12s", id)
		}
		all = all[i:] // those before it are done, even if something starts them again
	}
	for _, m := range all {
		if m.Condition == Exited && m.Ran && m.Code == 0 {
			continue
		}
		return false, t.runHook(m, may)
	}
	return true, ""
}

// runHook has one hook run, and returns what is wrong with it if it has
// failed.
func (t *turn) runHook(m *Container, may bool) (fault string) {
	hook := fmt.Sprintf("hook %s (container %s)", m.Spec.Service, m.Name)
	switch {
	case m.Condition == Exited && !m.Ran:
		return hook + " was removed before it ran"
	case m.Condition == Exited:
		return fmt.Sprintf("%s exited with code %d", hook, m.Code)
	case !may && m.Condition == Created:
		if t.app.Run.Hook != "" {
			t.edit(func(r *Run) { r.Hook = "" })
		}
		return ""
	case t.app.Run.Hook != m.ID:
		t.edit(func(r *Run) { r.Hook, r.Spent = m.ID, Observed{} })
	}
	limit := cmp.Or(m.Spec.Deadline, usual)
	over := t.late(limit, m.Condition != Unknown)
	switch {
	case over && m.Condition == Restarting:
		return fmt.Sprintf("%s did not end well within %s: Docker starts it again and again (%s)", hook, limit, orElse(brief(m.Detail), "its restart policy"))
	case over:
		return fmt.Sprintf("%s did not end within %s", hook, limit)
	case m.Condition == Created && t.refused(m):
		return fmt.Sprintf("%s could not be started: %s", hook, brief(t.in.Failures[m.ID]))
	}
	return ""
}

// hooksFor returns the release's hooks of a kind, in the order in which
// they run. With plain docker compose up, those that ran were started by
// Compose; and what is revived has had its hooks.
func (t *turn) hooksFor(kind labels.Hook) []*Container {
	var out []*Container
	r := t.app.Run
	if r.Revived && kind != labels.HookDemoted {
		return nil
	}
	for _, m := range t.hooksOf(r.Color) {
		if m.valid() && m.Spec.Hook == kind && m.Spec.Release == r.ID && (r.ID != "" || !m.Ran || m.ID == r.Hook) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *Container) int {
		return cmp.Or(cmp.Compare(a.Spec.Service, b.Spec.Service), cmp.Compare(a.Name, b.Name))
	})
	return out
}
