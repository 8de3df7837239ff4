package rollout

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"bg/labels"
)

// step is one decision as the invariants look at it.
type step struct {
	*model
	*rapid.T
	in            Input
	before, after State
	plan          Plan
}

// step decides and checks what must hold.
func (m *model) step(t *rapid.T, in Input) {
	in.Now, in.World, in.Confirmed, in.Failures = m.now, &World{Containers: m.containers}, m.confirmed, maps.Clone(m.failures)
	in.Proxy = &Proxy{Failover: true}
	s := &step{model: m, T: t, in: in, before: m.state}
	untouched := clone(m.state)
	s.after, s.plan = Decide(m.state, in)
	if !reflect.DeepEqual(untouched, m.state) {
		t.Fatalf("the state was changed in place from %s to %s", dump(untouched), dump(m.state))
	}
	m.state, m.actions, m.wake = s.after, s.plan.Actions, s.plan.Wake
	m.look()
	m.notes.take(s)
	for _, name := range names(s.before.Apps, group(in.World), nil) {
		v := s.view(name)
		i1(v)
		i2(v)
		i3(v)
		i4(v)
		i8(v)
		i16(v)
		i17(v)
		i18(v)
		i20(v)
		i6(v)
		i7(v)
		i13(v)
		apart(v)
	}
	i9(s)
	existing(s)
	i11(s)
	i14(s)
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

// look takes the notes that some invariants need.
func (m *model) look() {
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
	for _, c := range m.containers {
		if c.Invalid == "" && c.Condition == Ready {
			m.ready[c.ID] = true
		}
	}
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
	for _, c := range v.containers {
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
// was routed when it got out of sight.
func (v *view) answers(c *Container) bool {
	return c.Invalid == "" && (c.Condition == Ready || c.Condition == Unknown && v.held(c) != "")
}

func (v *view) held(c *Container) string {
	if v.was.Route == nil {
		return ""
	}
	for _, s := range v.was.Route.Services {
		for _, b := range s.Backends {
			for _, x := range b.Servers {
				if x.Container == c.ID && !slices.ContainsFunc(v.containers, func(o *Container) bool {
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
	for _, x := range v.containers {
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
	return slices.ContainsFunc(v.containers, func(c *Container) bool { return c.Spec.App == v.name && c.exclusive() })
}

// gated reports whether a release of the app has more to pass than to get
// ready.
func (v *view) gated() bool {
	return slices.ContainsFunc(v.containers, func(c *Container) bool {
		return c.Spec.App == v.name && (c.Spec.Release != "" || c.Spec.Hook != "" || c.exclusive() || len(c.Spec.Smoke)+len(c.Spec.Canary.Steps) > 0)
	}) || v.is.Run != nil && v.is.Run.ID != ""
}

// agreed reports whether those of the color that answer say the same.
func (v *view) agreed(c labels.Color) bool {
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

func clone(s State) State {
	out := State{Generation: s.Generation, Confirmed: s.Confirmed}
	if s.Apps != nil {
		out.Apps = map[string]*App{}
	}
	for name, a := range s.Apps {
		b := *a
		for _, c := range labels.Colors {
			side := b.side(c)
			side.Release, side.Seen, side.Services = slices.Clone(side.Release), slices.Clone(side.Seen), slices.Clone(side.Services)
		}
		if a.Route != nil {
			r := *a.Route
			r.Routers, r.Middlewares, r.Services = slices.Clone(r.Routers), slices.Clone(r.Middlewares), slices.Clone(r.Services)
			for i := range r.Services {
				r.Services[i].Backends = slices.Clone(r.Services[i].Backends)
				for j := range r.Services[i].Backends {
					r.Services[i].Backends[j].Servers = slices.Clone(r.Services[i].Backends[j].Servers)
				}
			}
			b.Route = &r
		}
		if a.Run != nil {
			r := *a.Run
			b.Run = &r
		}
		if a.Lock != nil {
			l := *a.Lock
			b.Lock = &l
		}
		if a.Undo != nil {
			u := *a.Undo
			b.Undo = &u
		}
		if a.Gone != nil {
			g := *a.Gone
			b.Gone = &g
		}
		out.Apps[name] = &b
	}
	return out
}

// settled reports whether the color's set was the same for long enough.
func (v *view) settled(c labels.Color) (at time.Time, ok bool) {
	at = v.since[place{v.name, c}].Add(Settle)
	return at, !v.now.Before(at)
}
