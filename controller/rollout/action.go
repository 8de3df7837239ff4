package rollout

import (
	"fmt"
	"slices"

	"bg/labels"
)

// ActionKind is the kind of an Action.
type ActionKind string

// The kinds.
const (
	ActStart ActionKind = "start" // a container
	ActStop  ActionKind = "stop"  // a container, with its own signal and grace
	ActTest  ActionKind = "test"  // smoke tests
)

// Action is something that shall be done outside, once the State is saved.
// A Plan names every one that is wanted at that moment, also those that are
// under way; one that no Plan names any more is not wanted.
type Action struct {
	Kind      ActionKind
	App       string
	Container string // ID, of ActStart and ActStop
	Name      string // of the container
	Key       string // of ActTest: what the result is told by
	Tests     []Test // of ActTest, in order
}

// ID tells actions apart: no two with the same one may run at once.
func (a Action) ID() string {
	if a.Kind == ActTest {
		return a.Key
	}
	return a.Container
}

// Test is one smoke test with the place that it goes to.
type Test struct {
	Smoke     labels.Smoke
	Container string // name, for people
	Address   string // of the container; "" for a test through the proxy
	Port      int
	Scheme    string
	// Of a test through the proxy: the router's options, which tell the
	// entrypoints and the host.
	Router string
}

// Verdict is the result of one ActTest.
type Verdict struct {
	Key   string
	Fault string // what was wrong; "" if all tests passed
}

// runs reports whether the container's processes may be alive, or whether
// that cannot be told.
func (c *Container) runs() bool {
	return c.Condition != Created && c.Condition != Exited
}

// want plans an action on a container.
func (t *turn) want(m *Container, kind ActionKind) {
	for _, a := range t.actions {
		if a.Container == m.ID {
			return
		}
	}
	t.actions = append(t.actions, Action{Kind: kind, App: t.app.Name, Container: m.ID, Name: m.Name})
}

// halt wants the container stopped if it was seen to run. One that is out of
// sight may run or not: it is left alone until that is known.
func (t *turn) halt(m *Container) {
	if m.runs() && m.Condition != Unknown {
		t.want(m, ActStop)
	}
}

// refused wants the container started and reports whether that was tried
// and failed, as far as the last look at Docker can tell.
func (t *turn) refused(m *Container) bool {
	t.want(m, ActStart)
	return t.in.Failures[m.ID] != "" && !t.in.Blind
}

// stopped reports whether none of the containers can be running.
func (t *turn) stopped(all []*Container) bool {
	return !slices.ContainsFunc(all, (*Container).runs)
}

// known reports whether every container of the color is in sight.
func (t *turn) known(c labels.Color) bool {
	unknown := func(m *Container) bool { return m.Condition == Unknown }
	return !t.in.Blind && !slices.ContainsFunc(t.members.of(c), unknown) && !slices.ContainsFunc(t.hooksOf(c), unknown)
}

// whyRuns names a container of the color that has not stopped.
func (t *turn) whyRuns(c labels.Color) string {
	for _, m := range slices.Concat(t.members.of(c), t.hooksOf(c)) {
		if m.runs() {
			return fmt.Sprintf("container %s is %s (%s)", m.Name, m.Condition, brief(orElse(t.in.Failures[m.ID], orElse(m.Detail, "no error is known"))))
		}
	}
	return "none of it runs"
}
