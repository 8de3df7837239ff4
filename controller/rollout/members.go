package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bg/labels"
)

// members is what is seen of one app, by color. Hooks stand apart: they run
// to an end and carry no traffic.
type members struct {
	blue, green           []*Container
	blueHooks, greenHooks []*Container
}

func (m *members) of(c labels.Color) []*Container {
	if c == labels.Blue {
		return m.blue
	}
	return m.green
}

// group sorts the world by app and color. Containers that name neither, or an
// app that the policy keeps them out of, are left out: they spoil no app, and
// the status shows them.
func group(w *World, apps map[string]*App, p *Policy) map[string]*members {
	groups := map[string]*members{}
	if w == nil {
		return groups
	}
	for _, c := range w.Containers {
		if stray(c) || p.strange(c, apps[c.Spec.App]) {
			continue
		}
		m := groups[c.Spec.App]
		if m == nil {
			m = &members{}
			groups[c.Spec.App] = m
		}
		m.add(c)
	}
	return groups
}

func (m *members) add(c *Container) {
	list := &m.green
	switch blue := c.Spec.Color == labels.Blue; {
	case blue && c.Spec.Hook != "":
		list = &m.blueHooks
	case blue:
		list = &m.blue
	case c.Spec.Hook != "":
		list = &m.greenHooks
	}
	*list = append(*list, c)
}

// names returns every app that is known or seen, sorted.
// With commands, those that they are about are among them.
func names(apps map[string]*App, groups map[string]*members, commands map[string][]Command) []string {
	all := slices.Collect(maps.Keys(apps))
	for name := range groups {
		if apps[name] == nil {
			all = append(all, name)
		}
	}
	for name := range commands {
		if apps[name] == nil && groups[name] == nil {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// unknownApp returns why a command cannot be looked at, or "".
func unknownApp(s State, groups map[string]*members, w *World, c Command) string {
	switch {
	case w == nil:
		return "bg has not seen Docker's containers yet: see bg status, then try again"
	case s.Apps[c.App] != nil || groups[c.App] != nil || c.Verb == Deploy || c.Verb == PutLock:
		return ""
	}
	known := names(s.Apps, groups, nil)
	if len(known) == 0 {
		return fmt.Sprintf("there is no app %q: no container is labeled bg.enable=true", c.App)
	}
	if len(known) > 10 {
		known = append(known[:10], "…")
	}
	return fmt.Sprintf("there is no app %q: bg sees %s", c.App, strings.Join(known, ", "))
}

// valid reports whether the container may carry traffic at all.
func (c *Container) valid() bool { return c.Invalid == "" && c.Spec != nil }

// ready reports whether the container was seen to answer.
func (c *Container) ready() bool { return c.valid() && c.Condition == Ready }

// serving reports whether the container may get new traffic. One that could
// not be looked at keeps the place that it has in the route, and so does one
// that bg's own check says nothing of, as long as it is where it was.
func (t *turn) serving(c *Container) bool {
	switch {
	case !c.valid():
		return false
	case c.Condition == Unknown:
		return t.routed(c) != ""
	case c.Condition == Unproven:
		return c.Address != "" && t.routed(c) == c.Address
	}
	return c.Condition == Ready
}

// undecided reports whether nothing tells for or against the container.
func (c *Container) undecided() bool {
	return c.valid() && (c.Condition == Unknown || c.Condition == Unproven)
}

// routed returns the address under which the container is in the route now,
// or "" if it is not, or if another container was seen to have the address.
func (t *turn) routed(c *Container) string {
	if t.was.Route == nil {
		return ""
	}
	for _, s := range t.was.Route.Services {
		for _, b := range s.Backends {
			for _, v := range b.Servers {
				if v.Container == c.ID && !t.owners.other(v) {
					return v.Address
				}
			}
		}
	}
	return ""
}

// owners tells which container has an address, as far as it was seen.
type owners map[string]string

// addresses returns the owners of all addresses, of all apps: an engine gives
// the address of a container that ended to the next that starts. Nobody asks
// for them but for the sake of containers that are unknown.
func addresses(w *World) owners {
	if w == nil || !slices.ContainsFunc(w.Containers, func(c *Container) bool { return c.Condition == Unknown }) {
		return nil
	}
	o := owners{}
	for _, c := range w.Containers {
		if c.holdsAddress() {
			o[c.Address] = c.ID
		}
	}
	return o
}

func (o owners) other(s Server) bool {
	id, known := o[s.Address]
	return known && id != s.Container
}

// able reports whether every service that the color got ready with still
// has a container to answer for it, for all that is known.
func (t *turn) able(c labels.Color) bool { return t.covers(c, t.holding) }

// holding reports whether the container serves, or may be as ready as it
// was: one that has no users has no place in the route to tell it by.
func (t *turn) holding(c *Container) bool {
	if t.serving(c) || !c.undecided() {
		return t.serving(c)
	}
	return t.app.Share(c.Spec.Color) == 0 || !slices.ContainsFunc(c.Spec.HTTP.Services, func(s labels.Service) bool {
		return t.was.Route.service(s.Name) != nil
	})
}

// proven reports whether the color may be given more than it has: it is
// able, that was seen and is not merely held, and its labels agree on how.
func (t *turn) proven(c labels.Color) bool {
	if !t.covers(c, (*Container).ready) {
		return false
	}
	_, err := t.http(c)
	return err == nil
}

// any reports whether anything of the color could take traffic, and its
// labels agree on how. What users never reach, such as a worker, counts only
// where they reach nothing of it.
func (t *turn) any(c labels.Color) bool {
	all := t.members.of(c)
	reached := slices.ContainsFunc(all, (*Container).reached)
	if t.app.side(c).Role == Retired || !slices.ContainsFunc(all, func(m *Container) bool { return t.serving(m) && (m.reached() || !reached) }) {
		return false
	}
	_, err := t.http(c)
	return err == nil
}

// reached reports whether users are to reach the container.
func (c *Container) reached() bool { return c.valid() && len(c.Spec.HTTP.Services) > 0 }

func (t *turn) covers(c labels.Color, answers func(*Container) bool) bool {
	services := t.app.side(c).Services
	if t.app.side(c).Role == Retired {
		return false
	}
	for _, service := range services {
		if t.first(c, service, func(m *Container) bool { return answers(m) || t.parked(m) }) == nil {
			return false
		}
	}
	return len(services) > 0
}

// first returns the first of a service's containers that passes, or nil.
func (t *turn) first(c labels.Color, service string, passes func(*Container) bool) *Container {
	for _, m := range t.members.of(c) {
		if m.Spec.Service == service && passes(m) {
			return m
		}
	}
	return nil
}
