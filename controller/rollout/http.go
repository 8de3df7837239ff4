package rollout

import (
	"errors"
	"slices"
	"strings"

	"bg/labels"
)

// http returns the routing that the color's labels ask for. What a service
// had stays while the service has no container to speak for it, and a
// service that joins in place speaks only once it is ready.
func (t *turn) http(c labels.Color) (labels.HTTP, error) {
	last := t.app.Route
	if last != nil && last.Source != c {
		last = nil
	}
	prev := last
	if slices.Contains(t.anew, c) {
		prev = nil
	}
	next, err := t.merged(c, func(m *Container) bool {
		return prev == nil || t.serving(m) || !slices.ContainsFunc(m.Spec.HTTP.Services, func(s labels.Service) bool {
			return prev.service(s.Name) == nil
		})
	})
	if err != nil {
		next, err = t.merged(c, t.serving)
	}
	switch {
	case err != nil && last != nil:
		return carry(labels.HTTP{}, last, c), nil
	case err != nil || prev == nil:
		return next, err
	}
	return carry(next, prev, c), nil
}

var errNoLabels = errors.New("it has no container with labels to go by")

// merged joins the labels of the color's containers that keep lets through.
// Labels that ask for what is another app's are an error.
func (t *turn) merged(c labels.Color, keep func(*Container) bool) (labels.HTTP, error) {
	var specs []*labels.Spec
	for _, m := range t.members.of(c) {
		if m.valid() && keep(m) {
			specs = append(specs, m.Spec)
		}
	}
	if why := t.conflict(specs); why != "" {
		return labels.HTTP{}, errors.New(why)
	}
	switch {
	case len(specs) == 0:
		return labels.HTTP{}, errNoLabels
	case len(specs) == 1 && len(specs[0].HTTP.Needs) == 0:
		return specs[0].HTTP, nil
	}
	return labels.Merge(specs...)
}

// carry adds to next the services of prev that it lacks, with the routers
// that lead to them and the middlewares that these may use.
func carry(next labels.HTTP, prev *Route, c labels.Color) labels.HTTP {
	carried := map[string]bool{}
	for i := range prev.Services {
		s := &prev.Services[i]
		if slices.ContainsFunc(next.Services, func(o labels.Service) bool { return o.Name == s.Name }) {
			continue
		}
		options := s.Backends[0].Options
		if b := s.backend(c); b != nil {
			options = b.Options
		}
		next.Services = append(slices.Clip(next.Services), options)
		carried[s.Name] = true
	}
	if len(carried) == 0 {
		return next
	}
	for _, r := range prev.Routers {
		if carried[r.Service] && !slices.ContainsFunc(next.Routers, func(o labels.Router) bool { return o.Name == r.Name }) {
			next.Routers = append(slices.Clip(next.Routers), r)
		}
	}
	for _, m := range prev.Middlewares {
		if !slices.ContainsFunc(next.Middlewares, func(o labels.Object) bool { return o.Name == m.Name }) {
			next.Middlewares = append(slices.Clip(next.Middlewares), m)
		}
	}
	next.Claims = labels.JoinClaims(slices.Concat(next.Claims, prev.Claims))
	slices.SortFunc(next.Services, func(a, b labels.Service) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(next.Routers, func(a, b labels.Router) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(next.Middlewares, func(a, b labels.Object) int { return strings.Compare(a.Name, b.Name) })
	return next
}
