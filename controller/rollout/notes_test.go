package rollout

import (
	"slices"
	"time"

	"bg/labels"
)

// notes is the model's own account of time and confirmations, which what the
// state says is held against.
type notes struct {
	last    time.Time
	blinded bool                      // the last look, or the one before, saw nothing
	dropped map[place]uint64          // with which generation a color lost its users
	quiet   map[place]time.Duration   // for how long it had none, confirmed
	users   map[place]map[string]bool // containers of it while it had users
	soaked  map[string]time.Duration  // healthy time of an app's release in its soak
	fit     map[string]bool           // at the last look
}

func newNotes() notes {
	return notes{dropped: map[place]uint64{}, quiet: map[place]time.Duration{}, users: map[place]map[string]bool{}, soaked: map[string]time.Duration{}, fit: map[string]bool{}}
}

// blind forgets that there was a look before.
func (n *notes) blind() { n.blinded = true }

func (n *notes) take(s *step) {
	passed := min(max(0, s.now.Sub(n.last)), tick)
	seen := !n.blinded && !s.in.Blind
	n.last, n.blinded = s.now, s.in.Blind
	for _, name := range []string{"shop", "api"} {
		v := s.view(name)
		for _, c := range labels.Colors {
			p := place{name, c}
			switch g, had := n.dropped[p]; {
			case serves(v.is, c):
				if n.users[p] == nil {
					n.users[p] = map[string]bool{}
				}
				for _, x := range v.of(c) {
					n.users[p][x.ID] = true
				}
				delete(n.dropped, p)
				n.quiet[p] = 0
			case serves(v.was, c):
				n.dropped[p], n.quiet[p] = s.after.Generation, 0
			case had && s.before.Confirmed >= g:
				n.quiet[p] += passed
			}
		}
		soaking := v.was.underWay() && v.was.Run.Step == Soak
		if !v.was.underWay() || v.was.Run.Step.before(Soak) {
			n.soaked[name] = 0
		}
		if soaking && seen && n.fit[name] && v.healthy() {
			n.soaked[name] += passed
		}
		n.fit[name] = v.is.underWay() && v.is.Run.Step == Soak && v.healthy()
	}
}

// serves reports whether users may reach the color: it has a share, or a
// place in the route behind the other one.
func serves(a *App, c labels.Color) bool {
	if a.Share(c) > 0 || a.Route == nil {
		return a.Share(c) > 0
	}
	return slices.ContainsFunc(a.Route.Services, func(s Service) bool {
		return slices.ContainsFunc(s.Backends, func(b Backend) bool { return b.Color == c })
	})
}

// healthy reports whether the active color answers for all of it.
func (v *view) healthy() bool {
	a := v.is.Active
	return a != "" && v.whole(a, v.is, func(x *Container) bool { return x.ready() || v.parks(x) })
}

// parks reports whether the container waits for its turn, as the state says.
func (v *view) parks(c *Container) bool {
	return c.exclusive() && v.is.Holder != c.Spec.Color || c.exclusive() && v.is.Reclaim
}

func (v *view) container(id string) *Container {
	i := slices.IndexFunc(v.seen, func(c *Container) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return v.seen[i]
}

// wanted calls f with each action on a container of the app.
func (v *view) wanted(f func(Action, *Container)) {
	for _, a := range v.plan.Actions {
		if a.App == v.name && a.Kind != ActTest {
			f(a, v.container(a.Container))
		}
	}
}

// existing: actions are for containers that exist, are of the app and in
// sight, and never two for one.
func existing(s *step) {
	seen := map[string]bool{}
	for _, a := range s.plan.Actions {
		v := s.view(a.App)
		if seen[a.ID()] {
			v.fatalf("two actions for %s", a.ID())
		}
		seen[a.ID()] = true
		if a.Kind == ActTest {
			continue
		}
		c := v.container(a.Container)
		if c == nil || c.Spec.App != a.App || c.Condition == Unknown || c.Invalid != "" && a.Kind == ActStart && c.Spec.Hook != "" {
			v.fatalf("%s of %s", a.Kind, dump(c))
		}
		if a.Kind == ActStart && c.runs() || a.Kind == ActStop && !c.runs() {
			v.fatalf("%s of a container that is %s", a.Kind, c.Condition)
		}
	}
}

// i6: no contract hook is started while the old color may get traffic.
func i6(v *view) {
	v.wanted(func(a Action, c *Container) {
		if a.Kind != ActStart || c.Spec.Hook != labels.HookContract || c.Ran {
			return
		}
		old := c.Spec.Color.Other()
		p := place{v.name, old}
		all := v.of(old)
		runs := slices.ContainsFunc(all, (*Container).runs)
		role := v.is.Side(old).Role
		if v.is.Active != c.Spec.Color || v.is.Share(old) > 0 || v.is.Undo != nil || v.is.Generation > v.after.Confirmed ||
			len(all) > 0 && role != Retired && role != "" || runs && v.is.Run.Hook != c.ID || len(all) > 0 && v.busy(p) {
			v.fatalf("I6: %s is wanted while %s is %s and runs: %v", a.Name, old, role, runs)
		}
	})
}

// busy reports whether the color had users, for all that the proxy was seen
// to serve, in the time of its drain.
func (v *view) busy(p place) bool {
	g, had := v.notes.dropped[p]
	if serves(v.is, p.color) {
		return true
	}
	// Those who made way for others took their users with them, and those who
	// joined since have none.
	all := slices.DeleteFunc(v.of(p.color), func(c *Container) bool { return !v.notes.users[p][c.ID] })
	return had && len(all) > 0 && (g > v.after.Confirmed || v.notes.quiet[p] < drainOf(all))
}

func drainOf(all []*Container) time.Duration {
	var d time.Duration
	for _, c := range all {
		if c.Invalid == "" {
			d = max(d, c.Spec.Drain)
		}
	}
	return d
}

// i7: what is stopped has no users, confirmed, and had its drain. Hooks have
// none, and exclusive services stop to be handed over.
func i7(v *view) {
	v.wanted(func(a Action, c *Container) {
		if a.Kind != ActStop || c.Spec.Hook != "" || c.exclusive() {
			return
		}
		if p := (place{v.name, c.Spec.Color}); v.is.Active == c.Spec.Color || v.busy(p) {
			v.fatalf("I7: %s is to be stopped: active %s, quiet for %s of %s", a.Name, v.is.Active, v.notes.quiet[p], drainOf(v.of(p.color)))
		}
	})
}

// i13: the old color is not retired before the new one was seen healthy for
// its soak, as its labels were when that was over, but by an operator's release.
func i13(v *view) {
	for _, c := range labels.Colors {
		was, is, r := v.was.Side(c), v.is.Side(c), v.is.Run
		if was.Role != Standby || is.Role != Standby && is.Role != Retired || len(v.accepted) > 0 || len(v.of(c)) == 0 {
			continue
		}
		over := r != nil && r.Color == c.Other() && !r.Step.before(Retire)
		if is.Role == Retired && !over {
			v.fatalf("I13: %s retires before its time", c)
		}
		if !over || v.was.Run != nil && v.was.Run.Begun.Equal(r.Begun) && !v.was.Run.Step.before(Retire) {
			continue // or it was before
		}
		var soak time.Duration
		for _, x := range v.of(c.Other()) {
			if x.Invalid == "" {
				soak = max(soak, x.Spec.Soak)
			}
		}
		if v.notes.soaked[v.name] < soak {
			v.fatalf("I13: %s retires after %s of %s", c, v.notes.soaked[v.name], soak)
		}
	}
}

// apart: bg starts no exclusive service while one of the other color may run.
func apart(v *view) {
	v.wanted(func(a Action, c *Container) {
		if a.Kind != ActStart || !c.exclusive() {
			return
		}
		for _, x := range v.of(c.Spec.Color.Other()) {
			if x.exclusive() && x.runs() {
				v.fatalf("%s is to be started while %s is %s", a.Name, x.Name, x.Condition)
			}
		}
	})
}
