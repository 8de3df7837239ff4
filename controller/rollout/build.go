package rollout

import (
	"slices"
	"strings"

	"bg/labels"
)

// route works out what users get and notes whether that is a change.
func (t *turn) route() {
	next := t.build()
	if next.Equal(t.app.Route) {
		return
	}
	t.remember()
	t.app.Route, t.app.Generation, t.rerouted = next, t.upcoming, true
}

// remember notes the standing to go back to, should the proxy refuse the
// route that comes now.
func (t *turn) remember() {
	if t.aborted || t.was.Active == t.app.Active && t.was.Weight == t.app.Weight {
		return
	}
	back := t.app.Undo
	if back == nil {
		back = &Undo{Active: t.was.Active, Weight: t.was.Weight}
		for _, c := range t.anew {
			back = back.without(c)
		}
	}
	t.app.Undo = nil
	if back != nil && (back.Active != t.app.Active || back.Weight != t.app.Weight) {
		t.app.Undo = &Undo{Active: back.Active, Weight: back.Weight, Generation: t.upcoming}
	}
}

func (t *turn) build() *Route {
	active, other := t.app.Active, t.app.Active.Other()
	if active == "" {
		return nil
	}
	http, _ := t.http(active)
	var second labels.HTTP
	rescuer, previews := t.rescuer(), t.previews(other)
	if t.app.Weight > 0 || rescuer == other || previews {
		second, _ = t.http(other)
	}
	r := &Route{
		App: t.app.Name, Source: active,
		Routers: http.Routers, Middlewares: http.Middlewares, Claims: http.Claims,
		Services: make([]Service, 0, len(http.Services)),
	}
	for _, options := range http.Services {
		s := Service{Name: options.Name}
		share := t.app.Weight
		add := func(c labels.Color, weight int, o labels.Service, servers []Server) {
			s.Backends = append(s.Backends, Backend{Color: c, Weight: weight, Options: o, Servers: servers})
		}
		var candidates []Server
		i := -1
		if t.app.Weight > 0 {
			i = slices.IndexFunc(second.Services, func(o labels.Service) bool { return o.Name == options.Name })
		}
		if i >= 0 {
			candidates = t.servers(other, second.Services[i])
		}
		servers := t.servers(active, options)
		switch {
		case len(candidates) == 0: // nobody is sent to a color that lacks the service
			share = 0
		case len(servers) == 0:
			share = 100
		}
		if share < 100 {
			if len(servers) == 0 {
				servers = t.remaining(active, options.Name)
			}
			add(active, 100-share, options, servers)
		}
		if share > 0 {
			add(other, share, second.Services[i], candidates)
		}
		t.stick(&s)
		t.back(&s, rescuer, second)
		if previews {
			t.preview(&s, other, second)
		}
		slices.SortFunc(s.Backends, func(a, b Backend) int { return strings.Compare(string(a.Color), string(b.Color)) })
		r.Services = append(r.Services, s)
	}
	return r
}

// servers returns the color's containers that serve the service, sorted. A
// replica that listens elsewhere waits until the labels agree on that.
func (t *turn) servers(c labels.Color, service labels.Service) []Server {
	var out []Server
	for _, m := range t.members.of(c) {
		if !t.serving(m) || !slices.ContainsFunc(m.Spec.HTTP.Services, func(s labels.Service) bool {
			return s.Name == service.Name && s.Port == service.Port && s.Scheme == service.Scheme
		}) {
			continue
		}
		address := m.Address
		if m.Condition == Unknown {
			address = t.routed(m)
		}
		if address != "" {
			out = append(out, Server{Container: m.ID, Address: address})
		}
	}
	return out
}

// remaining returns what is left of a service's former servers when none of
// them is ready and no other color can help: the last routing stays, but an
// address that Docker may have given to another container is withdrawn.
func (t *turn) remaining(c labels.Color, service string) []Server {
	b := t.was.Route.service(service).backend(c)
	if b == nil {
		return nil
	}
	var out []Server
	for _, v := range b.Servers {
		if slices.ContainsFunc(t.members.of(c), func(m *Container) bool {
			return m.ID == v.Container && m.Address == v.Address && m.holdsAddress()
		}) {
			out = append(out, v)
		}
	}
	return out
}
