package rollout

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"bg/controller/judge"
	"bg/labels"
)

// move gives a container another address while it lives.
func (m *model) move(t *rapid.T) {
	if c := m.one(t, (*Container).holdsAddress); c != nil {
		moved := *c
		m.address(&moved)
		m.put(&moved)
		m.step(t, Input{})
	}
}

// lie has two containers, perhaps of two apps, say that they have the same
// address: what is known of one of them is old. Which one it is, tells whose
// life began last.
func (m *model) lie(t *rapid.T) {
	a, b := m.one(t, (*Container).holdsAddress), m.one(t, (*Container).holdsAddress)
	if a == nil || b == nil || a.ID == b.ID {
		return
	}
	liar := *a
	liar.Address = b.Address
	if rapid.Bool().Draw(t, "it was started anew") {
		m.begin(&liar)
	}
	m.put(&liar)
	m.step(t, Input{})
}

// flap has a container fail and recover, time and again.
func (m *model) flap(t *rapid.T) {
	c := m.one(t, (*Container).ready)
	for range rapid.IntRange(1, 3).Draw(t, "times") {
		for _, to := range []Condition{Unhealthy, Ready} {
			if c != nil {
				m.turn(m.containers[slices.IndexFunc(m.containers, func(o *Container) bool { return o.ID == c.ID })], to)
				m.step(t, Input{})
			}
		}
	}
}

// one draws a container that passes; nil if there is none.
func (m *model) one(t *rapid.T, passes func(*Container) bool) *Container {
	var all []*Container
	for _, c := range m.containers {
		if passes(c) {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return rapid.SampledFrom(all).Draw(t, "container")
}

// only lets change be all that happens since a decision that was kept, and
// wants nothing decided for or against a color because of it (I10).
func (m *model) only(t *rapid.T, change func()) {
	m.next = ""
	m.step(t, Input{})
	spared, before := m.spared(), m.state
	change()
	m.step(t, Input{})
	i10(t, before, m.state, spared)
}

// loseSight makes containers unknown: nothing else happens.
func (m *model) loseSight(t *rapid.T) {
	one := rapid.IntRange(0, 3).Draw(t, "which")
	m.only(t, func() {
		for i, c := range slices.Clone(m.containers) {
			if one == 3 || i%3 == one {
				m.turn(c, Unknown)
			}
		}
	})
}

// lookBack brings what was out of sight back, as it may have become.
func (m *model) lookBack(t *rapid.T) {
	for _, c := range slices.Clone(m.containers) {
		if c.Condition == Unknown {
			m.turn(c, rapid.SampledFrom([]Condition{Ready, Exited, Starting}).Draw(t, "condition"))
		}
	}
	m.step(t, Input{})
}

// doubt has bg's own check say nothing of containers that Docker finds no
// fault with, as after a start of the controller: nothing else happens.
func (m *model) doubt(t *rapid.T) {
	one := rapid.IntRange(0, 3).Draw(t, "which")
	m.only(t, func() {
		for i, c := range m.look().Containers {
			if c.Condition == Ready && c.Spec.Health.Set && (one == 3 || i%3 == one) {
				delete(m.checks, c.ID)
			}
		}
	})
}

// probe has bg's own check find something out about a container.
func (m *model) probe(t *rapid.T) {
	c := m.one(t, (*Container).asked)
	if c == nil {
		return
	}
	m.checks[c.ID] = Check{
		Started: c.Started, Address: c.Address, Fault: "status 500",
		Passed: rapid.Bool().Draw(t, "passed"), Failing: rapid.Bool().Draw(t, "failing"), Deaf: sometimes.Draw(t, "deaf"), Silent: rapid.Bool().Draw(t, "silent"),
	}
	m.step(t, Input{})
}

// spared returns the apps of which a color's labels contradict each other, or
// of which a container's address is in dispute: with one of the two out of
// sight, the other one has it.
func (m *model) spared() map[string]bool {
	apps := map[string]bool{}
	seen := m.look()
	for name := range m.state.Apps {
		v := (&step{model: m, seen: seen.Containers, before: m.state, after: m.state}).view(name)
		apps[name] = !v.agreed(labels.Blue) || !v.agreed(labels.Green)
	}
	for _, c := range m.containers {
		for _, o := range m.containers {
			if c != o && c.holdsAddress() && o.holdsAddress() && c.Address == o.Address {
				apps[c.Spec.App] = true
			}
		}
	}
	return apps
}

// command is what operators and clients ask for.
func (m *model) command(t *rapid.T) {
	c := Command{
		ID: "1", App: anyApp.Draw(t, "app"), Verb: anyVerb.Draw(t, "verb"), Force: sometimes.Draw(t, "force"), Full: sometimes.Draw(t, "full"),
		Actor: "ann", Containers: 1,
	}
	if c.Verb == Canary {
		c.Percent = anyPercent.Draw(t, "percent")
	}
	if a := m.state.Apps[c.App]; a != nil && a.Run != nil {
		c.Release = a.Run.ID
	}
	if c.Release == "" && (c.Verb == GiveUp || c.Verb == Proceed) {
		return // no client names a release that is none
	}
	in := Input{Commands: []Command{c}}
	if sometimes.Draw(t, "before the first look") {
		m.blind(t, in)
		return
	}
	m.step(t, in)
}

// judge has the traffic of an app speak for or against what is on trial, and
// has it say so from then on.
func (m *model) judge(t *rapid.T) {
	name := anyApp.Draw(t, "app")
	for _, trial := range Trials(m.state, m.look(), nil, m.now) {
		if trial.App == name && trial.Key != "" {
			outcome := rapid.SampledFrom([]judge.Outcome{judge.Fail, judge.Fail, judge.Pass, judge.Thin}).Draw(t, "outcome")
			m.judgments = maps.Clone(m.judgments)
			m.judgments[name] = Judgment{Key: trial.Key, Verdict: judge.Verdict{Outcome: outcome, Reason: "so many failed"}}
		}
	}
	m.step(t, Input{})
}

// pass lets a moment pass: no clock shows the very same nanosecond again, not
// even one that jumps.
func (m *model) pass(*rapid.T) {
	m.moments++
	m.now = m.now.Add(m.moments)
}

// wait lets time pass, or the clock jump.
func (m *model) wait(t *rapid.T) {
	m.now = m.now.Add(anyPause.Draw(t, "pause"))
	m.step(t, Input{})
}

func (m *model) settle(t *rapid.T) {
	m.now = m.now.Add(Settle)
	m.step(t, Input{})
}

// address gives c the lowest address that nobody has.
func (m *model) address(c *Container) {
	c.Address = ""
	for n := 1; c.Address == "" || m.taken(c); n++ {
		c.Address = fmt.Sprintf("10.0.0.%d", n)
	}
}
