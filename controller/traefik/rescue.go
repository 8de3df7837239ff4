package traefik

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"slices"
	"strconv"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// rescued ends the names of what serves requests that may be answered by
// another color if the first one fails. No label can hold the character.
const rescued = "~safe"

// safeMethods matches the requests that may be sent twice, in the syntax of
// rules of Traefik 2 and 3.
const safeMethods = "Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`)"

// failover makes Traefik ask again where the first color answers that it
// cannot, or does not answer. Traefik reads the body of every request first,
// which only a GET with a body has: 64 KiB of it, else anybody could fill its
// memory. It sends all methods again, so the others must not come here.
const failover = `"errors":{"status":["502-504"],"maxRequestBodyBytes":65536}`

// rescuer returns the backend that answers what the other one cannot, or nil.
func rescuer(s *rollout.Service) *rollout.Backend {
	var rescue *rollout.Backend
	other := false
	for i := range s.Backends {
		switch b := &s.Backends[i]; {
		case b.Color == s.Rescue && len(b.Servers) > 0:
			rescue = b
		case b.Color != s.Rescue && b.Weight > 0 && len(b.Servers) > 0:
			other = true
		}
	}
	if !other {
		return nil
	}
	return rescue
}

// rescue writes the services that safe requests go to: a parent with the same
// shares, and for each color but the rescuing one itself with that behind it.
func (w *writer) rescue(service string, backends []rollout.Backend, by labels.Color) {
	w.entry(w.app, service, rescued)
	w.b = append(w.b, `{"weighted":{"services":[`...)
	for i, b := range backends {
		weight := b.Weight
		if len(backends) == 1 {
			weight = 100
		}
		if i > 0 {
			w.b = append(w.b, ',')
		}
		mark := "~"
		if b.Color == by {
			mark = "-"
		}
		w.b = appendName(append(w.b, `{"name":`...), w.app, service, mark, string(b.Color))
		w.b = strconv.AppendInt(append(w.b, `,"weight":`...), int64(weight), 10)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, "]}}"...)
	for _, b := range backends {
		if b.Color == by {
			continue
		}
		w.entry(w.app, service, "~", string(b.Color))
		w.b = appendName(append(w.b, `{"failover":{"service":`...), w.app, service, "-", string(b.Color))
		w.b = appendName(append(w.b, `,"fallback":`...), w.app, service, "-", string(by))
		w.b = append(append(append(w.b, ','), failover...), "}}"...)
	}
}

// split returns the options of the two routers that a router becomes when its
// service has a rescue: one for safe requests, one for the others. They match
// no request both, so the priority can be the same.
//
// A rule that is no expression by itself is left alone: in brackets it might
// become one, and mean what nobody allowed.
func split(r *rollout.Route, x labels.Router) (safe, rest fragment, ok bool) {
	i := slices.IndexFunc(r.Services, func(s rollout.Service) bool { return s.Name == x.Service })
	if i < 0 || rescuer(&r.Services[i]) == nil {
		return safe, rest, false
	}
	var options map[string]json.RawMessage
	var rule string
	if json.Unmarshal([]byte(x.Options), &options) != nil || json.Unmarshal(options["rule"], &rule) != nil || len(rule) > maxRule {
		return safe, rest, false
	}
	if _, err := parser.ParseExpr(rule); err != nil {
		return safe, rest, false
	}
	if safe, ok = withRule(options, "("+rule+") && ("+safeMethods+")"); ok {
		rest, ok = withRule(options, "("+rule+") && !("+safeMethods+")")
	}
	return safe, rest, ok
}

// withRule returns the options with another rule, laid out as they were.
func withRule(options map[string]json.RawMessage, rule string) (fragment, bool) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(rule) != nil {
		return fragment{}, false
	}
	options["rule"] = bytes.Clone(bytes.TrimSpace(text.Bytes()))
	text.Reset()
	if e.Encode(options) != nil {
		return fragment{}, false
	}
	f, err := scan(strings.TrimSpace(text.String()), routerKey)
	return f, err == nil
}
