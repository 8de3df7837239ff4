package traefik

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// checkSticky checks what becomes part of names.
func checkSticky(split string) error {
	if len(split) > 16 || strings.Trim(split, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return errors.New("the name of its split is not made of 0-9 and a-z")
	}
	return nil
}

// child ends the name of the service that stands for a color below the one that
// routers name: its load balancer, or its alias in the split.
func child(split string, c labels.Color) string {
	if split == "" {
		return "-" + string(c)
	}
	return "~" + split + "-" + string(c)
}

// cookie has the visitors of a service keep their color, in a cookie of the
// service that ends with the browser's session. It is for encrypted connections
// alone only where there are no others: on a plain one the visitor would lose it.
func (w *writer) cookie(service string, secure bool) {
	w.b = appendName(append(w.b, `,"sticky":{"cookie":{"name":`...), "bg_", w.app, service)
	w.b = append(w.b, `,"httpOnly":true,"sameSite":"lax"`...)
	if secure {
		w.b = append(w.b, `,"secure":true`...)
	}
	w.b = append(w.b, "}}"...)
}

// encrypted reports whether all of the routers that lead to the service take
// encrypted connections alone.
func encrypted(r *rollout.Route, service string) bool {
	return !slices.ContainsFunc(r.Routers, func(x labels.Router) bool {
		var options struct{ TLS json.RawMessage }
		return x.Service == service && (json.Unmarshal([]byte(x.Options), &options) != nil || len(options.TLS) == 0)
	})
}

// aliases writes the services that stand for the colors in a split of which
// visitors keep a side. Traefik's cookie says which child of a weighted service
// a visitor has, by its name. The name of a color would be the same in the next
// release, of which the visitor would then be no part.
func (w *writer) aliases(s *rollout.Service, backends []rollout.Backend) {
	for _, b := range backends {
		w.entry(w.app, s.Name, child(s.Sticky, b.Color))
		w.b = appendName(append(w.b, `{"weighted":{"services":[{"name":`...), w.app, s.Name, "-", string(b.Color))
		w.b = append(w.b, `,"weight":1}]}}`...)
	}
}
