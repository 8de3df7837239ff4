package rollout

import "bg/labels"

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

// refused wants the container started and reports whether that was tried
// and failed.
func (t *turn) refused(m *Container) bool {
	t.want(m, ActStart)
	return t.in.Failures[m.ID] != ""
}
