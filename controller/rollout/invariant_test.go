package rollout

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bg/labels"
)

// i1: at most one active color per app.
func i1(v *view) {
	for _, c := range labels.Colors {
		if (v.is.Side(c).Role == Active) != (v.is.Active == c) {
			v.fatalf("I1: %s is %s, and %q is active", c, v.is.Side(c).Role, v.is.Active)
		}
	}
}

// i2: weights are 0-100 and sum to 100.
func i2(v *view) {
	blue, green, want := v.is.Share("blue"), v.is.Share("green"), 100
	if v.is.Active == "" {
		want = 0
	}
	if blue < 0 || green < 0 || blue+green != want {
		v.fatalf("I2: shares are %d and %d", blue, green)
	}
	if v.is.Weight > 0 && (v.is.Side(v.is.Active.Other()).Role != Candidate || !v.is.Held && !v.is.releasing(v.is.Active.Other())) {
		v.fatalf("I2: a share without a candidate that is held")
	}
	if v.is.Route == nil {
		return
	}
	for _, s := range v.is.Route.Services {
		sum := 0
		shared := slices.DeleteFunc(slices.Clone(s.Backends), func(b Backend) bool { // without what is for those who know alone
			return b.Weight == 0 && s.Rescue != b.Color && b.Preview != labels.Preview{}
		})
		for _, b := range s.Backends {
			previewed := b.Preview != labels.Preview{}
			if sum += b.Weight; b.Weight < 1 && s.Rescue != b.Color && !previewed || len(b.Servers) == 0 && (len(shared) > 1 || previewed) {
				v.fatalf("I2: service %s has an empty backend", s.Name)
			}
			if previewed && (v.is.Side(b.Color).Role != Candidate || b.Color == v.is.Active) {
				v.fatalf("I2: a preview of %s, which is %s", b.Color, v.is.Side(b.Color).Role)
			}
		}
		if s.Sticky != "" && slices.ContainsFunc(s.Backends, func(b Backend) bool { return b.Weight < 1 }) {
			v.fatalf("I2: visitors keep a color of service %s that has no share", s.Name)
		}
		if sum != 100 {
			v.fatalf("I2: service %s has weights that sum to %d", s.Name, sum)
		}
	}
}

// i3: no new traffic to a color with nothing ready while the other has
// something ready; and none stays with it either.
func i3(v *view) {
	if v.exclusives() {
		return
	}
	for _, c := range labels.Colors {
		if v.gained(c) && !v.something(c) && v.something(c.Other()) && v.agreed(c.Other()) {
			v.fatalf("I3: %s gained", c)
		}
	}
	a := v.is.Active
	// Without a share it has no traffic to lose, and I10 holds for its role: a
	// container that is out of sight has not fallen.
	unseen := a != "" && v.is.Share(a) == 0 && slices.ContainsFunc(v.of(a), func(c *Container) bool {
		return c.undecided()
	})
	if a != "" && !unseen && !v.something(a) && v.something(a.Other()) && v.agreed(a.Other()) {
		v.fatalf("I3: %s stays active", a)
	}
}

// i4: no demotion is undone without an operator or a fresh release. That a
// color has to take over for the other one, or for what the proxy refuses,
// outranks it.
func i4(v *view) {
	for _, c := range labels.Colors {
		p, was, is := place{v.name, c}, v.was.Side(c), v.is.Side(c)
		if was.Role == Demoted && is.Role != Demoted && is.Role != Retired && len(v.accepted) == 0 && !v.exclusives() && v.in.Refused == 0 &&
			!v.fresh(p) && v.is.Active != "" && v.whole(c.Other(), v.was, v.answers) {
			v.fatalf("I4: %s is %s, demoted were %v", c, is.Role, v.blamed[p])
		}
		if is.Role == Demoted && (was.Role != Demoted || !was.At.Equal(is.At)) {
			v.blamed[p] = nil
			for _, x := range v.of(c) {
				if v.ready[x.ID] || len(v.accepted) > 0 || v.in.Refused > 0 {
					v.blamed[p] = append(v.blamed[p], x.ID)
				}
			}
		}
	}
}

// fresh reports whether a service of the color has come anew since its
// demotion.
func (v *view) fresh(p place) bool {
	old, all := map[string]bool{}, v.of(p.color)
	for _, x := range all {
		if slices.Contains(v.blamed[p], x.ID) {
			old[x.Spec.Service] = true
		}
	}
	return len(all) > 0 && len(old) == 0 || slices.ContainsFunc(all, func(x *Container) bool { return x.Invalid == "" && !old[x.Spec.Service] })
}

// i8: every server address belongs to a live container of that app and color.
func i8(v *view) {
	if v.is.Route == nil {
		return
	}
	for _, s := range v.is.Route.Services {
		for _, b := range s.Backends {
			for _, x := range b.Servers {
				i := slices.IndexFunc(v.seen, func(o *Container) bool { return o.ID == x.Container })
				if i < 0 || !v.belongs(v.seen[i], place{v.name, b.Color}) {
					v.fatalf("I8: %v is no container of %s", x, b.Color)
				}
				switch c := v.seen[i]; {
				case c.Condition == Unknown && v.held(c) == x.Address:
				case c.holdsAddress() && c.Address == x.Address:
				default:
					v.fatalf("I8: %v is not the address of %+v", x, c)
				}
			}
		}
	}
}

// i8across: no two containers are routed with one address, and the one that is
// was the last that is known to have got it.
func i8across(s *step) {
	routed := map[string]string{}
	for _, a := range s.after.Apps {
		if a.Route == nil {
			continue
		}
		for _, service := range a.Route.Services {
			for _, b := range service.Backends {
				for _, x := range b.Servers {
					if id := routed[x.Address]; id != "" && id != x.Container {
						s.Fatalf("I8: %s leads to %s and to %s", x.Address, id, x.Container)
					}
					routed[x.Address] = x.Container
				}
			}
		}
	}
	for _, c := range s.containers {
		if id := routed[c.Address]; id != "" && id != c.ID && c.holdsAddress() {
			i := slices.IndexFunc(s.containers, func(o *Container) bool { return o.ID == id })
			if s.containers[i].Condition == Unknown || s.containers[i].Started.Before(c.Started) {
				s.Fatalf("I8: %s leads to %s, and %s has it", c.Address, id, c.ID)
			}
		}
	}
}

// i9: generations only rise.
func i9(s *step) {
	if s.after.Generation < s.before.Generation || s.after.Generation > s.before.Generation+1 ||
		s.after.Confirmed < s.before.Confirmed || s.after.Confirmed > s.after.Generation {
		s.Fatalf("I9: generation %d to %d, confirmed %d to %d", s.before.Generation, s.after.Generation, s.before.Confirmed, s.after.Confirmed)
	}
	if s.plan.Routing != nil && s.plan.Routing.Generation != s.after.Generation {
		s.Fatalf("I9: routing of generation %d, state of %d", s.plan.Routing.Generation, s.after.Generation)
	}
	for _, a := range s.after.Apps {
		if a.Generation > s.after.Generation || a.Undo != nil && a.Undo.Generation > a.Generation {
			s.Fatalf("I9: %s", dump(a))
		}
	}
}

// i10: unknown is never read as empty or unhealthy. It may leave those in
// sight in agreement, however; spared are apps that had none.
func i10(t *rapid.T, before, after State, spared map[string]bool) {
	for name, a := range before.Apps {
		b := after.Apps[name]
		if spared[name] {
			continue
		}
		if b == nil || a.Active != b.Active || a.Weight != b.Weight || a.Blue.Role != b.Blue.Role || a.Green.Role != b.Green.Role || a.Run != nil && (b.Run == nil || a.Run.Outcome != b.Run.Outcome) {
			t.Fatalf("I10: was %s\nis %s", dump(a), dump(b))
		}
	}
}

// i11: deciding twice on the same input changes nothing.
func i11(s *step) {
	in := s.in
	in.Commands = nil
	again, plan := Decide(s.after, in)
	if again.Generation != s.after.Generation || plan.Routing != nil || len(plan.Events) > 0 || !maps.Equal(again.Apps, s.after.Apps) {
		s.Fatalf("I11: deciding again changes %s\nfrom %s\nevents %v", cmp.Diff(s.after, again), dump(s.after), plan.Events)
	}
	if w := s.plan.Wake; !earliest(w, plan.Wake).Equal(w) || !w.IsZero() && !w.After(s.now) {
		s.Fatalf("I11: it is %v, wakes at %v, then at %v", s.now, w, plan.Wake)
	}
}

// i14: no app changes another's routes or state: alone it fares the same,
// unless it asks for what is the other one's.
func i14(v *view) {
	if slices.ContainsFunc(v.seen, func(c *Container) bool { return c.Condition == Unknown }) {
		return // then addresses seen elsewhere matter
	}
	if v.is.Blue.Denied+v.is.Green.Denied != "" || slices.ContainsFunc(v.plan.Replies, func(r Reply) bool { return strings.Contains(r.Refusal, "cannot come back") }) {
		return
	}
	for _, c := range labels.Colors {
		// A release that ends since another app has its host leaves no denial.
		if denied := v.was.Side(c).Denied; denied != "" && slices.ContainsFunc(v.events, func(e Event) bool { return strings.Contains(e.Cause, denied) }) {
			return
		}
	}
	alone, in := v.before, v.in
	alone.Apps, in.World, in.Commands = map[string]*App{}, &World{}, nil
	if a := v.before.Apps[v.name]; a != nil {
		alone.Apps[v.name] = a
	}
	for _, c := range v.seen {
		if c.Spec.App == v.name {
			in.World.Containers = append(in.World.Containers, c)
		}
	}
	for _, c := range v.in.Commands {
		if c.App == v.name {
			in.Commands = append(in.Commands, c)
		}
	}
	if next, _ := Decide(alone, in); !same(next.Apps[v.name], v.after.Apps[v.name]) {
		v.fatalf("I14: beside the other app %s\nalone %s", dump(v.after.Apps[v.name]), dump(next.Apps[v.name]))
	}
}

// i16: every change of weight has one history record with cause and actor.
func i16(v *view) {
	blue, green, moves := v.was.Share("blue"), v.was.Share("green"), 0
	for _, e := range v.events {
		if e.Cause == "" || e.Actor == "" || !e.Time.Equal(v.now) || v.is.Name != "" && e.Generation != v.is.Generation {
			v.fatalf("I16: event %+v", e)
		}
		if e.Blue != blue || e.Green != green {
			moves++
		}
		blue, green = e.Blue, e.Green
	}
	if blue != v.is.Share("blue") || green != v.is.Share("green") {
		v.fatalf("I16: the history ends at %d/%d", blue, green)
	}
	reasons := 1 + len(v.accepted) + min(1, int(v.in.Refused))
	for _, e := range v.events {
		// A release that makes way for another one gives its share back, and what
		// is handed over changes who can answer.
		if e.Change == HandedOver || e.Change == Appeared && v.was.Weight > 0 {
			reasons++
		}
	}
	if moves > reasons {
		v.fatalf("I16: %d changes of the shares", moves)
	}
}

// i17: a rollback target is ready before the switch.
func i17(v *view) {
	for _, c := range v.accepted {
		if c.Verb != Rollback || v.is.Active == v.was.Active || v.exclusives() {
			continue
		}
		ready := func(x *Container) bool { return x.Invalid == "" && x.Condition == Ready }
		if to := v.is.Active; !v.whole(to, v.is, ready) || len(v.is.Side(to).Services) == 0 {
			v.fatalf("I17: rolled back to %s", to)
		}
	}
}

// i18: an operator's rollback beats automation.
func i18(v *view) {
	if len(v.accepted) != 1 || v.accepted[0].Verb != Rollback {
		return
	}
	from := v.was.Active
	if v.is.Active == v.was.Active {
		from = v.was.Active.Other()
	}
	if r := v.is.Run; r != nil && r.Revived && v.is.Share(from) == 0 && (v.is.Active == v.was.Active || v.is.Active == r.Color && v.is.Side(from).Role == Standby) {
		return // it went back to what has to be started first, or was already
	}
	if v.is.Active != v.was.Active && slices.ContainsFunc(v.events, func(e Event) bool { return e.Change == Fell }) {
		return // the color that it went back to fell at that moment: I3 comes before
	}
	if role := v.is.Side(from).Role; v.is.Share(from) > 0 || role != Demoted && !(role == Retired || role == "") || v.is.releasing(from) {
		v.fatalf("I18: %s is %s with %d%%", from, v.is.Side(from).Role, v.is.Share(from))
	}
}

// i19: nothing is written when nothing changed.
func i19(s *step) {
	changed := false
	for name := range s.before.Apps {
		changed = changed || s.after.Apps[name] == nil && s.before.Apps[name].Route != nil
	}
	for name, a := range s.after.Apps {
		before := s.before.Apps[name]
		if before == nil {
			before = &App{}
		}
		same := a.Route.Equal(before.Route)
		if same && a.Route != before.Route || !same && a.Generation != s.before.Generation+1 {
			s.Fatalf("I19: %s", dump(a))
		}
		changed = changed || !same
	}
	if changed != (s.plan.Routing != nil) || changed != (s.after.Generation > s.before.Generation) {
		s.Fatalf("I19: changed %v, routing %v, generation %d to %d", changed, s.plan.Routing != nil, s.before.Generation, s.after.Generation)
	}
}

// i20: a release ends: a candidate that is ready does not wait for nobody.
func i20(v *view) {
	for _, c := range labels.Colors {
		if v.is.Side(c).Role != Candidate || v.is.Held && v.is.Active != "" || v.gated() || v.in.Blind {
			continue
		}
		all := v.of(c)
		waits := slices.ContainsFunc(all, func(x *Container) bool {
			return x.Invalid != "" || x.Condition != Ready || x.Spec.Promote == labels.Manual && v.is.Active != ""
		})
		if waits || len(all) == 0 || !v.agreed(c) {
			continue
		}
		at, settled := v.settled(c)
		if settled {
			v.fatalf("I20: %s is still a candidate", c)
		}
		if w := v.plan.Wake; w.IsZero() || w.After(at) {
			v.fatalf("I20: %s settles at %v, but wakes at %v", c, at, w)
		}
	}
}
