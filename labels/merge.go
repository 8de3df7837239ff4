package labels

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Merge joins the HTTP parts of all containers of one color.
//
// Replicas must agree: one name with two contents is an error, and so is a
// reference that no container defines. The result is sorted and needs
// nothing. No specs give an empty HTTP.
func Merge(specs ...*Spec) (HTTP, error) {
	var m merger
	for _, s := range specs {
		if s == nil {
			continue
		}
		for _, x := range s.HTTP.Routers {
			join(&m, &m.http.Routers, "router", x.Name, s, x)
		}
		for _, x := range s.HTTP.Middlewares {
			join(&m, &m.http.Middlewares, "middleware", x.Name, s, x)
		}
		for _, x := range s.HTTP.Services {
			join(&m, &m.http.Services, "service", x.Name, s, x)
		}
		m.needs = append(m.needs, s.HTTP.Needs...)
		m.http.Claims = append(m.http.Claims, s.HTTP.Claims...)
	}
	m.settle()
	if len(m.errs) > 0 {
		slices.Sort(m.errs)
		var errs []error
		for _, text := range slices.Compact(m.errs) {
			errs = append(errs, errors.New(text))
		}
		return HTTP{}, errors.Join(errs...)
	}
	m.http.sort()
	m.http.Claims = JoinClaims(m.http.Claims)
	return m.http, nil
}

type merger struct {
	http  HTTP
	seen  map[string]definition
	needs []string
	errs  []string
}

// definition is what a name stands for and the service that says so.
type definition struct {
	content any
	service string
}

// join adds x to a list unless it's there already.
func join[T comparable](m *merger, list *[]T, kind, name string, s *Spec, x T) {
	key := kind + " " + name
	first, taken := m.seen[key]
	switch {
	case !taken:
		if m.seen == nil {
			m.seen = map[string]definition{}
		}
		m.seen[key] = definition{content: x, service: s.Service}
		*list = append(*list, x)
	case first.content == any(x):
	case first.service == s.Service:
		m.fail("app %s, %s: the containers of service %s define %s in different ways; give all the same labels", s.App, s.Color, s.Service, key)
	default:
		one, other := min(first.service, s.Service), max(first.service, s.Service)
		m.fail("app %s, %s: the services %s and %s define %s in different ways; rename one", s.App, s.Color, one, other, key)
	}
}

func (m *merger) fail(format string, args ...any) {
	m.errs = append(m.errs, fmt.Sprintf(format, args...))
}

// settle checks that each need is met.
func (m *merger) settle() {
	for _, need := range m.needs {
		if _, defined := m.seen[need]; !defined {
			kind, name, _ := strings.Cut(need, " ")
			m.fail("%s is referred to, but no container of this color defines it; give labels traefik.http.%ss.%s.*, or refer to %s@PROVIDER", need, kind, name, name)
		}
	}
}

// sort puts everything in the order that HTTP promises.
func (h *HTTP) sort() {
	slices.SortFunc(h.Routers, func(a, b Router) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(h.Middlewares, func(a, b Object) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(h.Services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.Sort(h.Needs)
	h.Needs = slices.Compact(h.Needs)
}
