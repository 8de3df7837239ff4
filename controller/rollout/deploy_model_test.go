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
	explore(t, 40_000, 600, func(t *rapid.T) {
		m := newModel()
		all := m.befall()
		often(all, 2, "deploy", m.deploy)
		often(all, 8, "go on", m.goOn)
		often(all, 2, "create", m.createRelease)
		often(all, 2, "up", m.up)
		often(all, 3, "act", m.act)
		often(all, 2, "tick", m.tick)
		all["flow"], all["release"], all["get ready"] = m.flow, m.release, m.getReady
		t.Repeat(all)
		m.rest(t)
	})
}

var anyKind = rapid.SampledFrom([]labels.Hook{labels.HookExpand, labels.HookSmoke, labels.HookPromoted, labels.HookContract, labels.HookDemoted})

func (m *model) deploy(t *rapid.T) {
	m.step(t, Input{Commands: []Command{{
		ID: "1", App: anyApp.Draw(t, "app"), Verb: Deploy, Actor: "ann", Force: sometimes.Draw(t, "force"), Keep: sometimes.Draw(t, "keep"),
		Digest: rapid.SampledFrom([]string{"aaaaaaaa", "bbbbbbbb", "cccccccc"}).Draw(t, "digest"),
	}}})
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
	anyVisit(t)(&spec)
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
	claim := anyClaim.Draw(t, "claim")
	add := func(service string, change func(*labels.Spec)) {
		m.create(p, service, false)
		s := spec
		s.Service, s.HTTP = service, routing[service]
		if change != nil {
			change(&s)
		}
		contest(&s, claim)
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

func (m *model) tick(t *rapid.T) {
	m.now = m.now.Add(tick)
	m.step(t, Input{})
}

// goOn lets the release of an app go well for a while, from its beginning if
// there is none.
func (m *model) goOn(t *rapid.T) {
	switch a := m.state.Apps["shop"]; {
	case !a.mayGoOn():
		m.deploy(t)
	case a.Run.Step == Prepare:
		m.createRelease(t)
	}
	for range rapid.IntRange(1, 12).Draw(t, "for") {
		if !m.well(t) {
			return
		}
	}
}

func (a *App) mayGoOn() bool { return a != nil && a.underWay() && a.Run.ID != "" }

// well lets the next thing go well, or time pass to the next moment at which
// it matters. It reports whether there was anything.
func (m *model) well(t *rapid.T) bool {
	switch hook := slices.IndexFunc(m.containers, func(c *Container) bool { return c.Spec.Hook != "" && c.Condition == Unchecked }); {
	case m.state.Generation > m.confirmed:
		m.confirm(t)
	case m.raise("shop", Ready) || m.raise("api", Ready):
		m.step(t, Input{})
	case hook >= 0:
		m.turn(m.containers[hook], Exited)
		m.step(t, Input{})
	case m.quits && m.giveUp() != nil:
		m.step(t, Input{Commands: m.giveUp()})
	case len(m.actions) > 0:
		m.carry(t, m.actions[0].ID(), false, false)
	case m.wake.IsZero():
		return false
	default:
		m.now = m.wake
		m.step(t, Input{})
	}
	return true
}

// giveUp returns what clients say that can't create their containers; without
// it a release waits for them longer than anything else takes.
func (m *model) giveUp() []Command {
	for name, a := range m.state.Apps {
		if a.underWay() && a.Run.Step == Prepare {
			return []Command{{ID: "1", App: name, Verb: GiveUp, Release: a.Run.ID, Actor: "ann"}}
		}
	}
	return nil
}

// rest lets everything go well from now on, and time pass only as far as
// decisions ask to be woken. Whatever is still under way then waits for a
// person, or for a color that is not healthy.
func (m *model) rest(t *rapid.T) {
	m.next, m.full, m.quits = "", false, !sometimes.Draw(t, "the client is gone")
	for _, c := range slices.Clone(m.containers) {
		if c.Condition == Unknown {
			m.turn(c, Exited)
		}
	}
	m.step(t, Input{})
	for range 2000 {
		if !m.well(t) {
			for name := range m.state.Apps {
				m.done(t, name)
			}
			return
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
	v := (&step{model: m, T: t, seen: m.look().Containers, before: m.state, after: m.state}).view(name)
	fit := v.whole(r.Color, a, func(c *Container) bool { return c.ready() || v.parks(c) })
	manual := slices.ContainsFunc(v.seen, func(c *Container) bool {
		return v.belongs(c, place{name, r.Color}) && c.Spec.Promote == labels.Manual
	})
	old := a.Side(r.Color.Other())
	switch {
	case r.Step == Traffic && (a.Held || manual), r.Step == Handover && (a.Held || manual):
	case r.Step == Contract && manual && !r.Asked:
	case r.Step == Contract && (old.Role == Standby || old.Role == Demoted || slices.ContainsFunc(v.of(r.Color.Other()), (*Container).runs)):
	case r.Step == Soak && (!fit || a.Held):
	case r.ID == "" && a.Active == "" && r.Step.before(Verify):
	default:
		v.fatalf("I20: the release is still at %s", r.Step)
	}
}
