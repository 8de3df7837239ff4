package rollout

import (
	"slices"

	"bg/labels"
)

// copies are what apps were when they were decided, down to the last pointer,
// to tell whether anybody has changed one since.
type copies map[*App]*App

// of returns copies of the apps of s as they were first seen.
func (c copies) of(s State) map[string]*App {
	now, out := make(copies, len(s.Apps)), make(map[string]*App, len(s.Apps))
	for name, a := range s.Apps {
		if c[a] == nil {
			c[a] = a.copy()
		}
		now[a], out[name] = c[a], c[a]
	}
	clear(c)
	for a, b := range now {
		c[a] = b
	}
	return out
}

func (a *App) copy() *App {
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
	b.Claims = slices.Clone(a.Claims)
	b.Run, b.Lock, b.Undo, b.Gone = clone(a.Run), clone(a.Lock), clone(a.Undo), clone(a.Gone)
	return &b
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// same reports whether two apps are equal in all that they point to.
func same(a, b *App) bool {
	if a == nil || b == nil {
		return a == b
	}
	c := *a
	c.Route, c.Run, c.Lock, c.Undo, c.Gone, c.Claims = b.Route, b.Run, b.Lock, b.Undo, b.Gone, b.Claims
	return c.equal(b) && a.Route.Equal(b.Route) && slices.Equal(a.Claims, b.Claims) && alike(a.Run, b.Run) && alike(a.Lock, b.Lock) && alike(a.Undo, b.Undo) && alike(a.Gone, b.Gone)
}

func alike[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }
