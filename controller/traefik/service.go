package traefik

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// transport is the serversTransport of every service that names none. It is
// Traefik's default in all but the dial timeout, which is 30 s there: users
// would hang that long on a container that vanished. It has to be less than 1 s,
// after which Linux sends a lost SYN again (RFC 6298, 2.1): by then Docker may
// have given the address to a container of another app, which would answer. With
// 2 s, and Docker busy, that happened to 6 requests in 3 of 26 trials of faults 9
// and 10. With forwardingTimeouts given Traefik takes each one from here or its
// own default; the idle connections, 200 by default, fall to 2 unless they are
// written out.
const transport = `{"maxIdleConnsPerHost":200,"forwardingTimeouts":{"dialTimeout":"750ms","idleConnTimeout":"90s"}}`

func (w *writer) services(r *rollout.Route) error {
	last := ""
	for i := range r.Services {
		s := &r.Services[i]
		if err := inOrder("service", s.Name, &last); err != nil {
			return err
		}
		for _, c := range labels.Colors {
			if strings.HasSuffix(s.Name, "-"+string(c)) {
				return fmt.Errorf("service %s: its name ends like that of a color's share", s.Name)
			}
		}
		backends := serving(s.Backends)
		if len(backends) == 0 {
			return fmt.Errorf("service %s: it has no backend", s.Name)
		}
		split := s.Sticky
		if len(backends) < 2 {
			split = ""
		}
		if err := w.parent(r, s.Name, backends, split); err != nil {
			return err
		}
		if split != "" {
			w.aliases(s, backends)
		}
		if rescue := rescuer(s); rescue != nil {
			w.rescue(s.Name, backends, rescue.Color, split)
		}
		for i := range s.Backends {
			b := &s.Backends[i]
			if !reached(s, b, backends) {
				continue
			}
			if err := w.leaf(s.Name, b); err != nil {
				return fmt.Errorf("service %s, %s: %w", s.Name, b.Color, err)
			}
		}
	}
	return nil
}

// reached reports whether requests may come to a backend: by its share, in place
// of the other one, or as a preview.
func reached(s *rollout.Service, b *rollout.Backend, serving []rollout.Backend) bool {
	rescue := rescuer(s)
	return rescue != nil && rescue.Color == b.Color || b.Preview != labels.Preview{} && len(b.Servers) > 0 ||
		slices.ContainsFunc(serving, func(o rollout.Backend) bool { return o.Color == b.Color })
}

// serving returns the backends that can get traffic: Traefik would send an
// empty one its share too, to be answered by 503. Where none can, one stays,
// so that users get that 503 and not a 404.
func serving(backends []rollout.Backend) []rollout.Backend {
	able := func(b rollout.Backend) bool { return b.Weight > 0 && len(b.Servers) > 0 }
	var n, one int
	for i, b := range backends {
		if able(b) {
			n++
			one = i
		} else if n == 0 && b.Weight > backends[one].Weight {
			one = i
		}
	}
	switch {
	case n == len(backends):
		return backends
	default: // there are two at most, so one is left
		return backends[one : one+1]
	}
}

// parent writes the service that routers name: the same name whether one
// color serves or two. With a split visitors keep their color.
func (w *writer) parent(r *rollout.Route, service string, backends []rollout.Backend, split string) error {
	if err := checkSticky(split); err != nil {
		return fmt.Errorf("service %s: %w", service, err)
	}
	w.entry(w.app, service)
	w.b = append(w.b, `{"weighted":{"services":[`...)
	for i, b := range backends {
		if !b.Color.Valid() || len(backends) > 2 || i > 0 && backends[i-1].Color == b.Color {
			return fmt.Errorf("service %s: a backend of color %.20q too many", service, b.Color)
		}
		weight := b.Weight
		if len(backends) == 1 {
			weight = 100
		}
		if weight < 1 || weight > 100 {
			return fmt.Errorf("service %s: weight %d", service, weight)
		}
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendName(append(w.b, `{"name":`...), w.app, service, child(split, b.Color))
		w.b = strconv.AppendInt(append(w.b, `,"weight":`...), int64(weight), 10)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
	if split != "" {
		w.cookie(service, encrypted(r, service))
	}
	w.b = append(w.b, "}}"...)
	return nil
}

// leaf writes the load balancer of one color of a service.
func (w *writer) leaf(service string, b *rollout.Backend) error {
	named := false
	options, err := scan(b.Options.Options, func(key string) error {
		named = named || strings.EqualFold(key, "serversTransport")
		return balancerKey(key)
	})
	if err != nil {
		return fmt.Errorf("load balancer: %w", err)
	}
	server, err := scan(b.Options.Server, serverKey)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	scheme := b.Options.Scheme
	switch scheme {
	case "":
		scheme = "http"
	case "http", "h2c", "https":
	default:
		return fmt.Errorf("%.20q is no scheme", scheme)
	}

	w.entry(w.app, service, "-", string(b.Color)) // labels.Leaf, in parts
	w.b = append(w.b, `{"loadBalancer":{`...)
	if !options.empty() {
		w.b = append(options.appendMembers(w.b), ',')
	}
	// HTTPS backends keep Traefik's default transport: it may hold the
	// authorities or the insecureSkipVerify that they can't do without.
	if !named && scheme != "https" {
		w.b = append(w.b, `"serversTransport":"bg",`...)
	}
	w.b = append(w.b, `"servers":[`...)
	for i, s := range b.Servers {
		address, err := netip.ParseAddr(s.Address)
		if err != nil || address.Zone() != "" {
			return fmt.Errorf("%.60q is no address", s.Address)
		}
		if b.Options.Port < 1 || b.Options.Port > 65535 {
			return fmt.Errorf("%d is no port", b.Options.Port)
		}
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"url":"`...)
		w.b = append(append(w.b, scheme...), "://"...)
		w.b = netip.AddrPortFrom(address, uint16(b.Options.Port)).AppendTo(w.b)
		w.b = append(w.b, '"')
		if !server.empty() {
			w.b = server.appendMembers(append(w.b, ','))
		}
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, "]}}"...)
	return nil
}
