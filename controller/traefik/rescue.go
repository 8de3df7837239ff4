package traefik

import (
	"bytes"
	"encoding/json"
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
//
// In a split the rescuing color stands behind the parent of all requests: with
// children of other names, another cookie would tell which color the visitor
// has. What the rescuing color itself could not answer is asked of it again.
func (w *writer) rescue(service string, backends []rollout.Backend, by labels.Color, split string) {
	if split != "" {
		w.failover(service, rescued, "", by)
		return
	}
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
		w.failover(service, "~"+string(b.Color), "-"+string(b.Color), by)
	}
}

// failover writes the service NAME+mark that asks NAME+first, and then color by.
func (w *writer) failover(service, mark, first string, by labels.Color) {
	w.entry(w.app, service, mark)
	w.b = appendName(append(w.b, `{"failover":{"service":`...), w.app, service, first)
	w.b = appendName(append(w.b, `,"fallback":`...), w.app, service, "-", string(by))
	w.b = append(append(append(w.b, ','), failover...), "}}"...)
}

// split returns the options of the two routers that a router becomes when its
// service has a rescue: one for safe requests, one for the others, which are
// sent on where nothing was sent yet. They match no request both, so the priority
// can be the same. A rule that is no expression by itself is left alone.
func (w *writer) split(r *rollout.Route, x labels.Router) (safe, rest fragment, ok bool) {
	i := slices.IndexFunc(r.Services, func(s rollout.Service) bool { return s.Name == x.Service })
	if i < 0 || rescuer(&r.Services[i]) == nil {
		return safe, rest, false
	}
	options, rule, _ := ruleOf(x)
	safely, ok := both(rule, "("+safeMethods+")")
	if !ok {
		return safe, rest, false
	}
	if safe, ok = with(options, "rule", safely); !ok {
		return safe, rest, false
	}
	if retries(&r.Services[i]) && !withMiddleware(options, w.app+x.Service+retried) {
		return safe, rest, false
	}
	rest, ok = with(options, "rule", "("+rule+") && !("+safeMethods+")")
	return safe, rest, ok
}

// with returns the options with another text for one of them, laid out as they
// were. It changes options.
func with(options map[string]json.RawMessage, key, value string) (fragment, bool) {
	text, ok := encode(value)
	if options[key] = json.RawMessage(text); !ok {
		return fragment{}, false
	}
	if text, ok = encode(options); !ok {
		return fragment{}, false
	}
	f, err := scan(text, routerKey)
	return f, err == nil
}

// encode returns v as JSON without escapes for HTML's sake.
func encode(v any) (string, bool) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(text.String()), err == nil
}
