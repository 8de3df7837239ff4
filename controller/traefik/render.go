// Package traefik is all that bg knows of Traefik: it renders the routing as
// a file of the file provider, publishes the file, proves that Traefik serves
// it, and checks Traefik's set-up.
//
// Invariants: Render is pure; a published file is whole, parses, and holds
// nothing that Traefik's template engine would run; a generation counts as
// live only if Traefik's API and its entrypoints have said so. The package
// must not import other edges, nor Traefik.
package traefik

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// RouteError says which app's route can't be rendered, and why.
type RouteError struct{ App, Text string }

func (e *RouteError) Error() string { return fmt.Sprintf("route of app %s: %s", e.App, e.Text) }

// Render returns the file that makes Traefik serve r: the same bytes for the
// same arguments, without any I/O. cert becomes the default certificate; nil
// leaves that to Traefik or to another file.
//
// The file is YAML whose body is JSON, one line per router, middleware and
// service. Whatever the labels hold, it parses as both, means the same to
// both, and has nothing in it that Traefik's template engine would run. What
// can't be written that way is a *RouteError.
func Render(r *rollout.Routing, cert *Certificate) ([]byte, error) {
	w := writer{b: make([]byte, 0, 2048+1024*len(r.Routes))}
	if err := w.routing(r, cert); err != nil {
		return nil, err
	}
	// The last line of defense: a template marker is code that Traefik runs.
	if i := bytes.Index(w.b, []byte("{{")); i >= 0 {
		return nil, fmt.Errorf("render: a template marker at byte %d", i)
	}
	return w.b, nil
}

// CheckRoute returns the error that Render would return for this route in
// any Routing, and also proves that all options are JSON. It is for routes
// that are new.
func CheckRoute(r *rollout.Route) error {
	check := func(kind, name, options string) error {
		if options != "" && !json.Valid([]byte(options)) {
			return &RouteError{r.App, fmt.Sprintf("%s %s: its options are no JSON", kind, name)}
		}
		return nil
	}
	var errs []error
	for _, x := range r.Routers {
		errs = append(errs, check("router", x.Name, x.Options))
	}
	for _, x := range r.Middlewares {
		errs = append(errs, check("middleware", x.Name, x.Options))
	}
	for _, x := range r.Services {
		for _, b := range x.Backends {
			errs = append(errs, check("service", x.Name, b.Options.Options), check("service", x.Name, b.Options.Server))
		}
	}
	_, err := Render(&rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	return errors.Join(append(errs, err)...)
}

// writer holds the text so far.
type writer struct {
	b     []byte
	app   string // what labels.Qualify puts before the names of the route's app
	first bool   // no entry of the section yet

	contested map[string]string // hosts that no preview may have -> why
}

func (w *writer) routing(r *rollout.Routing, cert *Certificate) error {
	w.b = strconv.AppendUint(append(w.b, header...), r.Generation, 10)
	w.b = append(w.b, "; edits are lost at the next change\n{\"http\":{\n"...)
	last := ""
	for _, route := range r.Routes {
		if !validName(route.App) || route.App <= last {
			return &RouteError{route.App, fmt.Sprintf("it follows %q, and apps must be sorted and unlike", last)}
		}
		last = route.App
	}

	w.contested = contested(r)
	w.open("routers")
	w.markerRouters(r.Generation)
	for _, route := range r.Routes {
		if err := w.each(route, (*writer).routers); err != nil {
			return err
		}
	}
	w.close(",")

	w.open("middlewares")
	w.marker(r.Generation)
	for _, route := range r.Routes {
		if err := w.each(route, (*writer).middlewares); err != nil {
			return err
		}
	}
	w.close(",")

	if services(r) {
		w.open("services")
		for _, route := range r.Routes {
			if err := w.each(route, (*writer).services); err != nil {
				return err
			}
		}
		w.close(",")
	}

	w.open("serversTransports")
	w.entry("bg")
	w.b = append(w.b, transport...)
	w.close("")
	w.b = append(w.b, '}')
	if cert != nil {
		w.b = append(w.b, ",\n\"tls\":{\"stores\":{\"default\":{\"defaultCertificate\":{\n\"certFile\":"...)
		w.b = appendText(w.b, string(cert.Cert))
		w.b = append(w.b, ",\n\"keyFile\":"...)
		w.b = appendText(w.b, string(cert.Key))
		w.b = append(w.b, "\n}}}}"...)
	}
	w.b = append(w.b, "}\n"...)
	return nil
}

// services reports whether there is any: Traefik refuses empty sections.
func services(r *rollout.Routing) bool {
	for _, route := range r.Routes {
		if len(route.Services) > 0 {
			return true
		}
	}
	return false
}

// each writes one kind of things of a route.
func (w *writer) each(route *rollout.Route, write func(*writer, *rollout.Route) error) error {
	w.app = labels.Qualify(route.App, "")
	if err := write(w, route); err != nil {
		return &RouteError{route.App, err.Error()}
	}
	return nil
}

// open starts a section, close ends it, entry starts a line in it.
func (w *writer) open(section string) {
	w.b = append(appendName(w.b, section), ":{"...)
	w.first = true
}

func (w *writer) close(after string) {
	w.b = append(append(append(w.b, "\n}"...), after...), '\n')
}

func (w *writer) entry(name ...string) {
	if !w.first {
		w.b = append(w.b, ',')
	}
	w.first = false
	w.b = append(appendName(append(w.b, '\n'), name...), ':')
}

func (w *writer) routers(r *rollout.Route) error {
	last := ""
	for _, x := range r.Routers {
		if err := inOrder("router", x.Name, &last); err != nil {
			return err
		}
		options, err := scan(x.Options, routerKey)
		if err != nil {
			return fmt.Errorf("router %s: %w", x.Name, err)
		}
		if !validName(x.Service) {
			return fmt.Errorf("router %s: %.80q is no service", x.Name, x.Service)
		}
		if safe, rest, ok := w.split(r, x); ok {
			w.router(x.Name+rescued, x.Service+rescued, safe)
			options = rest
		}
		w.router(x.Name, x.Service, options)
	}
	openings, _, err := open(r, w.contested)
	if err != nil {
		return err
	}
	for _, p := range openings {
		w.router(p.name, p.service, p.options)
	}
	return nil
}

// router writes one router. Its service is the app's, or x@provider.
func (w *writer) router(name, service string, options fragment) {
	w.entry(w.app, name)
	w.b = append(w.b, `{"service":`...)
	if strings.Contains(service, "@") {
		w.b = appendName(w.b, service)
	} else {
		w.b = appendName(w.b, w.app, service)
	}
	if !options.empty() {
		w.b = options.appendMembers(append(w.b, ','))
	}
	w.b = append(w.b, '}')
}

func (w *writer) middlewares(r *rollout.Route) error {
	last := ""
	for _, x := range r.Middlewares {
		if err := inOrder("middleware", x.Name, &last); err != nil {
			return err
		}
		options, err := scan(x.Options, nil)
		if err == nil && options.empty() {
			err = errors.New("it has no options, which Traefik refuses together with the whole file")
		}
		if err != nil {
			return fmt.Errorf("middleware %s: %w", x.Name, err)
		}
		w.entry(w.app, x.Name)
		w.b = options.append(w.b)
	}
	w.retries(r)
	return nil
}

// inOrder checks a name and that it comes after the last one: two of the
// same name would make Traefik refuse the file.
func inOrder(kind, name string, last *string) error {
	if !validName(name) || strings.Contains(name, "@") {
		return fmt.Errorf("%.80q is no name of a %s", name, kind)
	}
	if name <= *last {
		return fmt.Errorf("%s %s follows %s: names must be sorted and unlike", kind, name, *last)
	}
	*last = name
	return nil
}

// The keys that bg itself writes. Traefik tells keys apart without regard to
// case.
func routerKey(key string) error   { return unlike(key, "service") }
func balancerKey(key string) error { return unlike(key, "servers") }
func serverKey(key string) error   { return unlike(key, "url") }

func unlike(key, own string) error {
	if strings.EqualFold(key, own) {
		return fmt.Errorf("option %q is bg's own to set", key)
	}
	return nil
}
