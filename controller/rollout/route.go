package rollout

import (
	"slices"

	"bg/labels"
)

// Routing is all that the proxy shall serve, sorted by app.
type Routing struct {
	Generation uint64
	Routes     []*Route
}

// Route is what the users of one app get. It names no proxy: routers and
// options are the user's own text, servers are addresses.
type Route struct {
	App         string
	Source      labels.Color // whose labels are in force
	Routers     []labels.Router
	Middlewares []labels.Object
	Services    []Service // sorted by name
	// Claims is what the routers and middlewares ask for of the proxy.
	Claims []labels.Claim `json:",omitempty"`
}

// Service is one routed service of an app with its share per color.
type Service struct {
	Name     string
	Backends []Backend // one or two, in the order of labels.Colors; weights sum to 100
	// Rescue is the color that answers a safe request (GET, HEAD, OPTIONS) that
	// the other one could not; "" if there is none. It has a backend too, of
	// weight 0 if it has no share of its own.
	Rescue labels.Color `json:",omitempty"`
	// Sticky names the split between two colors of which each visitor keeps a
	// side, in 0-9 and a-z: the same for as long as the same release is tried,
	// another one for the next. "" where nobody keeps any.
	Sticky string `json:",omitempty"`
}

// Backend is the servers of one color of a service.
type Backend struct {
	Color   labels.Color
	Weight  int            // percent, 0 to 100
	Options labels.Service // of that color's labels
	Servers []Server       // sorted by container; empty only if no color that may have users has any
	// Preview is how those who know reach it beside its weight, which may be 0.
	Preview labels.Preview `json:",omitzero"`
}

// Server is one container's address.
type Server struct {
	Container string // ID
	Address   string // IP; the port is Options.Port
}

// Equal reports whether two routes would be rendered the same.
func (r *Route) Equal(o *Route) bool {
	if r == nil || o == nil {
		return r == o
	}
	return r.App == o.App && r.Source == o.Source &&
		slices.Equal(r.Routers, o.Routers) &&
		slices.Equal(r.Middlewares, o.Middlewares) &&
		slices.EqualFunc(r.Services, o.Services, func(a, b Service) bool {
			return a.Name == b.Name && a.Rescue == b.Rescue && a.Sticky == b.Sticky && slices.EqualFunc(a.Backends, b.Backends, func(a, b Backend) bool {
				return a.Color == b.Color && a.Weight == b.Weight && a.Options == b.Options && a.Preview == b.Preview &&
					slices.Equal(a.Servers, b.Servers)
			})
		})
}

// service returns the service of that name, or nil.
func (r *Route) service(name string) *Service {
	if r == nil {
		return nil
	}
	for i := range r.Services {
		if r.Services[i].Name == name {
			return &r.Services[i]
		}
	}
	return nil
}

// backend returns the color's share of s, or nil.
func (s *Service) backend(c labels.Color) *Backend {
	if s == nil {
		return nil
	}
	for i := range s.Backends {
		if s.Backends[i].Color == c {
			return &s.Backends[i]
		}
	}
	return nil
}
