package rollout

import (
	"fmt"
	"slices"

	"bg/labels"
)

// contract runs the hooks that take away from the database, once the old
// color can get no traffic any more. Nobody can go back to it after that.
func (t *turn) contract() Step {
	r := t.app.Run
	hooks := t.hooksFor(labels.HookContract)
	switch {
	case len(hooks) == 0 && r.Hook == "":
		t.end(Done, "all users have "+string(r.Color))
		return Contract
	case !r.Asked && slices.ContainsFunc(hooks, func(m *Container) bool { return m.Spec.Promote == labels.Manual && !m.Ran }):
		return Contract
	}
	done, fault := t.runHooks(labels.HookContract, t.alone(r.Color))
	if hook := t.app.Run.Hook; hook != "" && hook != r.Hook {
		t.app.side(r.Color.Other()).Outdated = true
	}
	switch {
	case fault != "":
		t.end(Failed, fault)
	case done:
		t.end(Done, "all users have "+string(r.Color))
	}
	return Contract
}

// alone reports whether no other color than c gets traffic, or could get it
// by a rollback or a demotion.
func (t *turn) alone(c labels.Color) bool {
	o, all := t.app.side(c.Other()), t.members.of(c.Other())
	return t.app.Active == c && t.app.Weight == 0 && t.app.Undo == nil && t.app.Generation <= t.confirmed && !o.Busy &&
		(o.Role == Retired || o.Role == "" || len(all) == 0) && t.stopped(all)
}

// askContract lets the contract hooks run that wait for an operator.
func (t *turn) askContract(Command) (message, refusal string) {
	r := t.app.Run
	if !t.app.underWay() || r.Step.before(Soak) || len(t.hooksFor(labels.HookContract)) == 0 {
		return "", fmt.Sprintf("no contract hook of %s waits: label a service bg.hook=contract and release it", t.app.Name)
	}
	t.edit(func(r *Run) { r.Asked = true })
	return fmt.Sprintf("the contract hooks of release %s run once the old color is retired", r.ID), ""
}
