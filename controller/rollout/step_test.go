package rollout

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"bg/labels"
)

// step is one decision as the invariants look at it.
type step struct {
	*model
	*rapid.T
	seen          []*Container // by the decision
	in            Input
	before, after State
	plan          Plan
}

// step decides and checks what must hold.
func (m *model) step(t *rapid.T, in Input) {
	m.last = m.look()
	in.Now, in.World, in.Confirmed, in.Failures = m.now, m.last, m.confirmed, maps.Clone(m.failures)
	in.Proxy, in.Judgments = m.can, m.judgments
	s := &step{model: m, T: t, seen: m.last.Containers, in: in, before: m.state}
	untouched := m.copies.of(m.state)
	s.after, s.plan = Decide(m.state, in)
	if !maps.EqualFunc(untouched, m.state.Apps, same) {
		t.Fatalf("the state was changed in place from %s to %s", dump(untouched), dump(m.state))
	}
	m.publish() // what could not be written before
	m.take(s)
	i5(t, m)
	i15(t, m)
}

// hold checks every invariant that can be told by one decision.
func (s *step) hold() {
	for _, name := range names(s.before.Apps, group(s.in.World, s.before.Apps, s.in.Policy), nil) {
		v := s.view(name)
		i1(v)
		i2(v)
		i3(v)
		i4(v)
		i6(v)
		i7(v)
		i8(v)
		i13(v)
		i14(v)
		i16(v)
		i17(v)
		i18(v)
		i20(v)
		apart(v)
	}
	owned(s)
	existing(s)
	i8across(s)
	i9(s)
	i11(s)
	i19(s)
}

// blind decides while Docker was not looked at.
func (m *model) blind(t *rapid.T, in Input) {
	in.Now, in.Confirmed = m.now, m.confirmed
	next, plan := Decide(m.state, in)
	if len(plan.Events) > 0 || plan.Routing != nil || slices.ContainsFunc(plan.Replies, func(r Reply) bool { return r.Refusal == "" }) {
		t.Fatalf("I10: without a look: %+v", plan)
	}
	m.state = next
}

// look returns the world as the controller makes it of what Docker and its
// own checks say.
func (m *model) look() *World {
	return Checked(Undisputed(&World{Containers: m.containers}, nil), m.checks, m.last)
}

// note takes the notes that some invariants need.
func (m *model) note(s *step) {
	for _, app := range []string{"shop", "api"} {
		for _, color := range labels.Colors {
			p, set := place{app, color}, ""
			for _, c := range m.containers {
				if m.belongs(c, p) && c.Spec.Hook == "" {
					set += " " + c.ID
				}
			}
			if set != m.sets[p] || m.now.Before(m.since[p]) {
				m.sets[p], m.since[p] = set, m.now
			}
		}
	}
	for _, c := range s.seen {
		if c.ready() {
			m.ready[c.ID] = true
		}
	}
	m.notes.take(s)
}

// view is one app in a step.
type view struct {
	*step
	name     string
	was, is  *App // never nil
	events   []Event
	accepted []Command
}

func (s *step) view(name string) *view {
	v := &view{step: s, name: name, was: s.before.Apps[name], is: s.after.Apps[name]}
	if v.was == nil {
		v.was = &App{}
	}
	if v.is == nil {
		v.is = &App{}
	}
	for _, e := range s.plan.Events {
		if e.App == name {
			v.events = append(v.events, e)
		}
	}
	for i, c := range s.in.Commands {
		if c.App == name && s.plan.Replies[i].Refusal == "" {
			v.accepted = append(v.accepted, c)
		}
	}
	return v
}

func (v *view) fatalf(format string, args ...any) {
	v.Helper()
	v.Logf("containers:")
	for _, c := range v.seen {
		if c.Spec.App == v.name {
			v.Logf("  %s %s %s %s", c.ID, c.Condition, c.Address, c.Invalid)
		}
	}
	v.Fatalf("%s: "+format+"\nwas %s\nis  %s\nevents %v", append(append([]any{v.name}, args...), dump(v.was), dump(v.is), v.events)...)
}

// gained reports whether color c got more than it had.
func (v *view) gained(c labels.Color) bool {
	return v.is.Share(c) > v.was.Share(c) || v.is.Active == c && v.was.Active != c
}

// answers reports whether the container may get traffic: it is ready, or it
// was routed when it got out of sight, or into doubt.
func (v *view) answers(c *Container) bool {
	return c.Invalid == "" && (c.Condition == Ready || c.Condition == Unknown && v.held(c) != "" || c.Condition == Unproven && v.held(c) == c.Address)
}

func (v *view) held(c *Container) string {
	if v.was.Route == nil {
		return ""
	}
	for _, s := range v.was.Route.Services {
		for _, b := range s.Backends {
			for _, x := range b.Servers {
				if x.Container == c.ID && !slices.ContainsFunc(v.seen, func(o *Container) bool {
					return o != c && o.Address == x.Address && o.holdsAddress()
				}) {
					return x.Address
				}
			}
		}
	}
	return ""
}

func (v *view) of(c labels.Color) []*Container {
	var out []*Container
	for _, x := range v.seen {
		if v.belongs(x, place{v.name, c}) && x.Spec.Hook == "" {
			out = append(out, x)
		}
	}
	return out
}

// something reports whether anything of the color answers.
func (v *view) something(c labels.Color) bool {
	return v.is.Side(c).Role != Retired && slices.ContainsFunc(v.of(c), v.answers)
}

// exclusives reports whether the app has services of which but one color's
// may run: what is on its way from one to the other answers for neither.
func (v *view) exclusives() bool {
	return slices.ContainsFunc(v.seen, func(c *Container) bool { return c.Spec.App == v.name && c.exclusive() })
}

// gated reports whether a release of the app has more to pass than to get
// ready.
func (v *view) gated() bool {
	return slices.ContainsFunc(v.seen, func(c *Container) bool {
		return c.Spec.App == v.name && (c.Spec.Release != "" || c.Spec.Hook != "" || c.exclusive() || len(c.Spec.Smoke)+len(c.Spec.Canary.Steps) > 0)
	}) || v.is.Run != nil && v.is.Run.ID != ""
}

// agreed reports whether those of the color that answer say the same, and
// nothing that is another app's.
func (v *view) agreed(c labels.Color) bool {
	if v.is.Side(c).Denied != "" {
		return false
	}
	ports := map[string]int{}
	for _, x := range v.of(c) {
		if !v.answers(x) || len(x.Spec.HTTP.Services) == 0 {
			continue
		}
		s := x.Spec.HTTP.Services[0]
		if p := ports[s.Name]; p != 0 && p != s.Port {
			return false
		}
		ports[s.Name] = s.Port
	}
	return true
}

// whole reports whether each service that the color must keep up answers.
func (v *view) whole(c labels.Color, a *App, answers func(*Container) bool) bool {
	return !slices.ContainsFunc(a.Side(c).Services, func(service string) bool {
		return !slices.ContainsFunc(v.of(c), func(x *Container) bool { return x.Spec.Service == service && answers(x) })
	})
}

// settled reports whether the color's set was the same for long enough.
func (v *view) settled(c labels.Color) (at time.Time, ok bool) {
	at = v.since[place{v.name, c}].Add(Settle)
	return at, !v.now.Before(at)
}
