package rollout

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bg/labels"
)

// TestReleasesHoldTheirInvariants lets releases of bg deploy live through
// everything that can befall them, with Docker, the smoke tests, the clock
// and the client at their worst; in the end the world comes to rest, and
// every release has ended or waits for a person (I20).
func TestReleasesHoldTheirInvariants(t *testing.T) {
	checks(t, 4_000, 300)
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		t.Repeat(map[string]func(*rapid.T){
			"deploy":     m.deploy,
			"create":     m.createRelease,
			"create ":    m.createRelease,
			"up":         m.up,
			"up ":        m.up,
			"act":        m.act,
			"act ":       m.act,
			"act  ":      m.act,
			"flow":       m.flow,
			"change":     m.change,
			"remove":     m.remove,
			"release":    m.release,
			"get ready":  m.getReady,
			"lose sight": m.loseSight,
			"look":       m.lookBack,
			"blind":      func(t *rapid.T) { m.step(t, Input{Blind: true}) },
			"command":    m.command,
			"steer":      m.steer,
			"wait":       m.wait,
			"tick":       m.tick,
			"tick ":      m.tick,
			"settle":     m.settle,
			"confirm":    m.confirm,
			"confirm ":   m.confirm,
			"refuse":     m.refuse,
			"restart":    m.restart,
		})
		m.rest(t)
	})
}

var (
	anyKind  = rapid.SampledFrom([]labels.Hook{labels.HookExpand, labels.HookSmoke, labels.HookPromoted, labels.HookContract, labels.HookDemoted})
	anySteer = rapid.SampledFrom([]Verb{PutLock, LiftLock, LiftLock, AskContract, GiveUp, Proceed})
)

func (m *model) deploy(t *rapid.T) {
	m.step(t, Input{Commands: []Command{{
		ID: "1", App: anyApp.Draw(t, "app"), Verb: Deploy, Actor: "ann", Force: sometimes.Draw(t, "force"), Keep: sometimes.Draw(t, "keep"),
		Digest: rapid.SampledFrom([]string{"aaaaaaaa", "bbbbbbbb", "cccccccc"}).Draw(t, "digest"),
	}}})
}

// steer is what operators and clients do besides.
func (m *model) steer(t *rapid.T) {
	c := Command{ID: "1", App: anyApp.Draw(t, "app"), Verb: anySteer.Draw(t, "verb"), Actor: "ann", Containers: 1}
	if a := m.state.Apps[c.App]; a != nil && a.Run != nil {
		c.Release = a.Run.ID
	}
	m.step(t, Input{Commands: []Command{c}})
}

// createRelease plays docker compose create, and mostly the word about it.
func (m *model) createRelease(t *rapid.T) {
	app := anyApp.Draw(t, "app")
	a := m.state.Apps[app]
	if a == nil || !a.underWay() || a.Run.Step != Prepare {
		return
	}
	p := place{app, a.Run.Color}
	m.drop(func(c *Container) bool { return m.belongs(c, p) })
	spec := labels.Spec{
		App: app, Color: p.color, Release: a.Run.ID, Promote: labels.Auto, Deadline: 20 * time.Second,
		Drain:  rapid.SampledFrom([]time.Duration{0, 3 * time.Second, 12 * time.Second}).Draw(t, "drain"),
		Soak:   rapid.SampledFrom([]time.Duration{0, 4 * time.Second, 15 * time.Second}).Draw(t, "soak"),
		Retire: rapid.SampledFrom([]labels.Retire{labels.Stop, labels.Stop, labels.Remove, labels.Keep}).Draw(t, "retire"),
	}
	spec.Failover = rapid.Bool().Draw(t, "failover")
	if sometimes.Draw(t, "manual") {
		spec.Promote = labels.Manual
	}
	if sometimes.Draw(t, "canary") {
		spec.Canary = labels.Canary{Steps: []int{10, 50}, Interval: 7 * time.Second}
	}
	for _, via := range []string{"direct", "proxy"} {
		if sometimes.Draw(t, via) {
			spec.Smoke = append(spec.Smoke, labels.Smoke{Name: via, Via: via})
		}
	}
	add := func(service string, change func(*labels.Spec)) {
		m.create(p, service, false)
		s := spec
		s.Service, s.HTTP = service, routing[service]
		if change != nil {
			change(&s)
		}
		m.newest().Spec = &s
	}
	exposed := sometimes.Draw(t, "exposed")
	n := 0
	for _, service := range anyServices.Draw(t, "services") {
		add(service, func(s *labels.Spec) {
			if exposed && service == "api" {
				s.Handover = labels.Exclusive
			}
		})
		n++
	}
	if rapid.Bool().Draw(t, "worker") {
		add("worker", func(s *labels.Spec) { s.Handover, s.Smoke = labels.Exclusive, nil })
		n++
	}
	for range rapid.IntRange(0, 2).Draw(t, "hooks") {
		kind := anyKind.Draw(t, "kind")
		add("hook-"+string(kind), func(s *labels.Spec) { s.Hook, s.Smoke = kind, nil })
		n++
	}
	in := Input{}
	if !sometimes.Draw(t, "the client dies") {
		in.Commands = []Command{{ID: "1", App: app, Verb: Proceed, Release: a.Run.ID, Containers: n, Actor: "ann"}}
	}
	m.step(t, in)
}

// up plays docker compose up -d of what is not bg's to start.
func (m *model) up(t *rapid.T) {
	app, to := anyApp.Draw(t, "app"), Ready
	if sometimes.Draw(t, "slow") {
		to = Starting
	}
	if m.raise(app, to) {
		m.step(t, Input{})
	}
}

func (m *model) raise(app string, to Condition) (any bool) {
	a := m.state.Apps[app]
	if a == nil || !a.underWay() || a.Run.Step != Start {
		return false
	}
	for _, c := range slices.Clone(m.containers) {
		if m.belongs(c, place{app, a.Run.Color}) && c.Spec.Hook == "" && !c.exclusive() && (c.Condition == Created || c.Condition == Starting) {
			m.turn(c, to)
			any = true
		}
	}
	return any
}

// act carries some of the wanted actions out, in any order; some fail.
func (m *model) act(t *rapid.T) {
	if len(m.actions) == 0 {
		return
	}
	m.carry(t, rapid.SampledFrom(m.actions).Draw(t, "action").ID(), sometimes.Draw(t, "fails"))
}

func (m *model) carry(t *rapid.T, id string, fails bool) {
	i := slices.IndexFunc(m.actions, func(a Action) bool { return a.ID() == id })
	a := m.actions[i]
	if a.Kind == ActTest {
		v := Verdict{Key: a.Key}
		if fails {
			v.Fault = "status 500"
		}
		m.step(t, Input{Verdicts: []Verdict{v}})
		return
	}
	if delete(m.failures, id); fails {
		m.failures[id] = "no"
		m.step(t, Input{})
		delete(m.failures, id)
		return
	}
	c := m.containers[slices.IndexFunc(m.containers, func(c *Container) bool { return c.ID == id })]
	switch {
	case a.Kind == ActStop:
		m.turn(c, Exited)
	case c.Spec.Hook != "":
		m.turn(c, Unchecked)
	default:
		m.turn(c, Ready)
	}
	m.step(t, Input{})
}

// flow lets a hook that runs end well, or badly.
func (m *model) flow(t *rapid.T) {
	for _, c := range slices.Clone(m.containers) {
		if c.Spec.Hook == "" || c.Condition != Unchecked {
			continue
		}
		m.turn(c, Exited)
		if sometimes.Draw(t, "badly") {
			i := slices.IndexFunc(m.containers, func(o *Container) bool { return o.ID == c.ID })
			bad := *m.containers[i]
			bad.Code = 1
			m.put(&bad)
		}
		m.step(t, Input{})
		return
	}
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

func (m *model) tick(t *rapid.T) {
	m.now = m.now.Add(tick)
	m.step(t, Input{})
}

// rest lets everything go well from now on, and time pass only as far as
// decisions ask to be woken. Whatever is still under way then waits for a
// person, or for a color that is not healthy.
func (m *model) rest(t *rapid.T) {
	for _, c := range slices.Clone(m.containers) {
		if c.Condition == Unknown {
			m.turn(c, Exited)
		}
	}
	m.step(t, Input{})
	for range 2000 {
		switch hook := slices.IndexFunc(m.containers, func(c *Container) bool { return c.Spec.Hook != "" && c.Condition == Unchecked }); {
		case m.state.Generation > m.confirmed:
			m.confirm(t)
		case m.raise("shop", Ready) || m.raise("api", Ready):
			m.step(t, Input{})
		case hook >= 0:
			m.turn(m.containers[hook], Exited)
			m.step(t, Input{})
		case len(m.actions) > 0:
			m.carry(t, m.actions[0].ID(), false)
		case m.wake.IsZero():
			for name := range m.state.Apps {
				m.done(t, name)
			}
			return
		default:
			m.now = m.wake
			m.step(t, Input{})
		}
	}
	t.Fatalf("I20: it never comes to rest: %s\nactions %v, wake %v", dump(m.state), m.actions, m.wake)
}

// done wants the app's release to have ended or to wait for a person.
func (m *model) done(t *rapid.T, name string) {
	a := m.state.Apps[name]
	if !a.underWay() {
		return
	}
	r := a.Run
	v := (&step{model: m, T: t, before: m.state, after: m.state}).view(name)
	fit := v.whole(r.Color, a, func(c *Container) bool { return c.ready() || v.parks(c) })
	manual := slices.ContainsFunc(v.of(r.Color), func(c *Container) bool { return c.Spec.Promote == labels.Manual })
	old := a.Side(r.Color.Other())
	switch {
	case r.Step == Traffic && (a.Held || manual), r.Step == Handover && (a.Held || manual):
	case r.Step == Contract && manual && !r.Asked:
	case r.Step == Contract && (old.Role == Standby || old.Role == Demoted || slices.ContainsFunc(v.of(r.Color.Other()), (*Container).runs)):
	case r.Step == Soak && !fit:
	case r.ID == "" && a.Active == "" && r.Step.before(Verify):
	default:
		v.fatalf("I20: the release is still at %s", r.Step)
	}
}
