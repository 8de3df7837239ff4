package traefik

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// What ends the names of routers for those who know.
const (
	previewed     = "~preview" // by a header
	previewedHost = previewed + "-host"
)

// previewHeader is what labels let pass, of which nothing ends a quotation.
// With Unicode's classes in its place 12 MB were allocated for it at each start.
var previewHeader = regexp.MustCompile("^([!-<>-_a-~]{1,64})=([ -_a-~]{1,256})$")

// opening is one router for those who know.
type opening struct {
	name, service string // without the app
	options       fragment
}

// Previews returns what keeps the previews that the routing asks for from being
// open. Nothing in it tells a header's value.
func Previews(r *rollout.Routing) []Problem {
	var problems []Problem
	refused := contested(r)
	for _, route := range r.Routes {
		_, faults, err := open(route, refused)
		if err != nil {
			continue // Render says so
		}
		for _, fault := range faults {
			problems = append(problems, Problem{Warning, fmt.Sprintf("preview of app %s: %s", route.App, fault)})
		}
	}
	return problems
}

// open returns the routers that lead to the color of which the route has a
// preview: each of the app's own routers again, with its rule narrowed to those
// who know. So they reach no further than the app does. They stand above the
// app's own, in the same order, those too whose service the color lacks: else
// one of a lower rank would take requests from these.
//
// Refused are hosts that it may not have. The faults say why routers are missing.
func open(r *rollout.Route, refused map[string]string) ([]opening, []string, error) {
	p, err := previewOf(r)
	if p == nil || err != nil {
		return nil, nil, err
	}
	p.refused, p.shared, p.rank = refused, p.sites(r), ranks(r)
	for _, x := range r.Routers {
		p.router(x)
	}
	return p.routers, p.faults, nil
}

// preview is what a route says of its preview, and what becomes of it.
type preview struct {
	color       labels.Color
	name, value string            // of the header; "": none
	has         map[string]bool   // services that the color has
	hosts       map[string]string // service -> host for it
	shared      map[string]string // host -> the one for all routers of it
	refused     map[string]string
	rank        func(priority int64) (int64, bool)

	routers []opening
	faults  []string
}

// previewOf returns nil if the route has none.
func previewOf(r *rollout.Route) (*preview, error) {
	var p *preview
	for _, s := range r.Services {
		for _, b := range s.Backends {
			if b.Preview == (labels.Preview{}) || len(b.Servers) == 0 {
				continue
			}
			if p == nil {
				p = &preview{color: b.Color, has: map[string]bool{}, hosts: map[string]string{}}
			}
			if header := b.Preview.Header; header != "" {
				m := previewHeader.FindStringSubmatch(header)
				if m == nil {
					return nil, errors.New("the header of its preview is not NAME=VALUE")
				}
				p.name, p.value = cmp.Or(p.name, m[1]), cmp.Or(p.value, m[2])
			}
			host := strings.ToLower(b.Preview.Host)
			if host != "" && !literalHost.MatchString(host) || b.Color != p.color {
				return nil, errors.New("the host of its preview is no host name, or of two colors")
			}
			p.has[s.Name], p.hosts[s.Name] = true, host
		}
	}
	return p, nil
}

// sites returns, for each host of the services that have a host for their
// preview, that one. Other routers of the same host belong to the same site.
func (p *preview) sites(r *rollout.Route) map[string]string {
	out := map[string]string{}
	for _, x := range r.Routers {
		if p.hosts[x.Service] == "" {
			continue
		}
		_, rule, _ := ruleOf(x)
		for _, h := range hosts(rule) {
			out[h] = cmp.Or(out[h], p.hosts[x.Service])
		}
	}
	return out
}

// router adds what a router of the app becomes.
func (p *preview) router(x labels.Router) {
	options, rule, _ := ruleOf(x)
	priority, ok := p.rank(priorityOf(options, rule))
	switch {
	case parseRule(rule) == nil:
		p.fault("the rule of router %s cannot be read, so that it leads nobody to %s: mend it", x.Name, p.color)
		return
	case !ok:
		p.fault("there is no priority above that of router %s: give the app's routers lower ones", x.Name)
		return
	}
	options["priority"] = json.RawMessage(`"` + strconv.FormatInt(priority, 10) + `"`)
	if p.name != "" {
		narrowed, ok := both(rule, p.matcher(options))
		p.add(x, previewed, options, narrowed, ok)
	}
	host := p.hosts[x.Service]
	for _, h := range hosts(rule) {
		host = cmp.Or(host, p.shared[h])
	}
	switch {
	case host == "":
	case p.refused[host] != "":
		p.fault("host %s is not open: %s; give another bg.preview.host", host, p.refused[host])
	default:
		narrowed, ok := rehost(rule, host)
		p.add(x, previewedHost, options, narrowed, ok)
	}
}

// matcher matches the header, in the syntax that the router's options ask for.
func (p *preview) matcher(options map[string]json.RawMessage) string {
	function := "Header"
	if string(options["ruleSyntax"]) == `"v2"` {
		function = "Headers"
	}
	return function + "(`" + p.name + "`, `" + p.value + "`)"
}

func (p *preview) add(x labels.Router, mark string, options map[string]json.RawMessage, rule string, ok bool) {
	service := x.Service
	if p.has[service] {
		service += "-" + string(p.color)
	}
	f, fits := with(options, "rule", rule)
	if !ok || !fits {
		p.fault("the rule of router %s cannot be narrowed, so that it leads nobody to %s: mend it", x.Name, p.color)
		return
	}
	p.routers = append(p.routers, opening{x.Name + mark, service, f})
}

func (p *preview) fault(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(p.faults, text) {
		p.faults = append(p.faults, text)
	}
}

// ruleOf returns a router's options and the rule among them; ok is false if it
// has none that can be read.
func ruleOf(x labels.Router) (options map[string]json.RawMessage, rule string, ok bool) {
	ok = json.Unmarshal([]byte(x.Options), &options) == nil && json.Unmarshal(options["rule"], &rule) == nil
	return options, rule, ok
}
