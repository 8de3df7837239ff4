package rollout

import (
	"slices"

	"bg/labels"
)

// previews reports whether those who know may reach color c, a candidate, by
// its own labels. It opens once the candidate is proven, and stays until that
// is promoted or gone: a container that is unready for a moment is taken out,
// but the rest of the route is not written anew for it.
func (t *turn) previews(c labels.Color) bool {
	s := t.app.side(c)
	return s.Role == Candidate && s.Services != nil &&
		slices.ContainsFunc(t.members.of(c), func(m *Container) bool { return m.valid() && m.Spec.Preview != labels.Preview{} }) &&
		(t.previewing(c) || t.proven(c))
}

// previewing reports whether the route lets anybody have a preview of the
// color, so that it may get requests without a share.
func (t *turn) previewing(c labels.Color) bool {
	return t.app.Route != nil && slices.ContainsFunc(t.app.Route.Services, func(s Service) bool {
		b := s.backend(c)
		return b != nil && b.Preview != labels.Preview{}
	})
}

// preview adds to the service the backend of color c for those who know, if the
// color has it. The header opens all of the color, whichever container names
// it; a host is a service's own.
func (t *turn) preview(s *Service, c labels.Color, http labels.HTTP) {
	i := slices.IndexFunc(http.Services, func(o labels.Service) bool { return o.Name == s.Name })
	if i < 0 {
		return
	}
	var p labels.Preview
	for _, m := range t.members.of(c) {
		if m.valid() && p.Header == "" {
			p.Header = m.Spec.Preview.Header
		}
		if m.valid() && p.Host == "" && m.serves(s.Name) {
			p.Host = m.Spec.Preview.Host
		}
	}
	servers := t.servers(c, http.Services[i])
	if len(servers) == 0 || p == (labels.Preview{}) {
		return
	}
	b := s.backend(c)
	if b == nil {
		s.Backends = append(s.Backends, Backend{Color: c, Options: http.Services[i], Servers: servers})
		b = &s.Backends[len(s.Backends)-1]
	}
	b.Preview = p
}
