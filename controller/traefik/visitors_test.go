package traefik

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bg/controller/rollout"
	"bg/labels"
)

func FuzzVisitors(f *testing.F) { f.Fuzz(rapid.MakeFuzz(visitorsProperty)) }

func TestWhatVisitorsGetHoldsTogether(t *testing.T) { rapid.Check(t, visitorsProperty) }

// visitorsProperty: whatever a route asks for visitors, the file parses to one
// meaning, each service, router and middleware that is named in it is there once,
// nobody's share is lost, and a preview is for those alone who know.
func visitorsProperty(t *rapid.T) {
	r := visited().Draw(t, "route")
	file, err := Render(&rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	if err != nil {
		t.Fatalf("render: %v", err)
	}
	if err := CheckRoute(r); err != nil {
		t.Fatalf("CheckRoute: %v", err)
	}
	if bytes.Contains(file, []byte("{{")) {
		t.Fatalf("a template marker in\n%s", file)
	}
	http := decode(t, file)["http"].(map[string]any)
	section := func(kind string) map[string]any { m, _ := http[kind].(map[string]any); return m }
	if lines, things := bytes.Count(file, []byte("\n\"")), 4+len(section("routers"))+len(section("middlewares"))+len(section("services"))+1; lines != things && len(r.Services) > 0 {
		t.Fatalf("%d lines for %d things:\n%s", lines, things, file)
	}
	top := int64(-1 << 62)
	for name, x := range section("routers") {
		router := x.(map[string]any)
		if service := router["service"].(string); !strings.Contains(service, "@") && section("services")[service] == nil {
			t.Fatalf("router %s leads to %s, which is not there:\n%s", name, service, file)
		}
		list, _ := router["middlewares"].([]any)
		for _, m := range list {
			if section("middlewares")[m.(string)] == nil {
				t.Fatalf("router %s uses %s, which is not there:\n%s", name, m, file)
			}
		}
		if !strings.HasPrefix(name, "bg.") && !strings.Contains(name, previewed) {
			top = max(top, priorityIn(t, router))
		}
	}
	for name, x := range section("routers") {
		if strings.Contains(name, previewed) {
			secluded(t, r, name, x.(map[string]any), top)
		}
	}
	for name, x := range section("services") {
		for _, child := range children(x.(map[string]any)) {
			if section("services")[child] == nil {
				t.Fatalf("service %s names %s, which is not there:\n%s", name, child, file)
			}
		}
	}
	for _, s := range r.Services {
		parent := section("services")[labels.Qualify(r.App, s.Name)].(map[string]any)["weighted"].(map[string]any)
		list := parent["services"].([]any)
		sum := 0.0
		for _, c := range list {
			sum += c.(map[string]any)["weight"].(float64)
		}
		if _, kept := parent["sticky"]; sum != 100 || kept != (s.Sticky != "" && len(list) == 2) {
			t.Fatalf("service %s has weights that sum to %v, and a cookie: %t", s.Name, sum, kept)
		}
	}
}

// secluded wants a router's preview to ask for the header or the host that only
// some know, whatever else it asks for, and to stand above the app's own.
func secluded(t *rapid.T, r *rollout.Route, name string, router map[string]any, top int64) {
	e, ok := parseRule(router["rule"].(string)).(*ast.BinaryExpr)
	if !ok || e.Op != token.LAND {
		t.Fatalf("%s is for %s", name, router["rule"])
	}
	var given []string
	call := e.Y.(*ast.CallExpr)
	for _, arg := range call.Args {
		text, err := strconv.Unquote(arg.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		given = append(given, text)
	}
	p := labels.Preview{Header: strings.Join(given, "=")}
	if call.Fun.(*ast.Ident).Name == "Host" {
		p = labels.Preview{Host: given[0]}
	}
	known := false
	for _, s := range r.Services {
		for _, b := range s.Backends {
			known = known || p.Header != "" && b.Preview.Header == p.Header || p.Host != "" && b.Preview.Host == p.Host
		}
	}
	if !known {
		t.Fatalf("%s is for those who know %+v, which nobody was told", name, p)
	}
	if n := priorityIn(t, router); n <= top {
		t.Fatalf("%s has priority %d, the app's own have up to %d", name, n, top)
	}
}

func priorityIn(t *rapid.T, router map[string]any) int64 {
	n, err := strconv.ParseInt(router["priority"].(string), 10, 64)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return n
}

// children returns the services that one of several names.
func children(service map[string]any) []string {
	var names []string
	if f, ok := service["failover"].(map[string]any); ok {
		names = append(names, f["service"].(string), f["fallback"].(string))
	}
	if w, ok := service["weighted"].(map[string]any); ok {
		for _, c := range w["services"].([]any) {
			names = append(names, c.(map[string]any)["name"].(string))
		}
	}
	return names
}

var (
	rules = rapid.SampledFrom([]string{
		"Host(`a.test`)", "Host(`a.test`) && PathPrefix(`/x`)", "PathPrefix(`/`) || Host(`b.test`)", "!Host(`a.test`)",
		"HostRegexp(`^a.+$`) || Path(`/{{x}}`)", "Host(`a.test`)) || (Host(`b.test`)", "Host(`a.test`) // {{", "Host(`a`, `b`)", "",
	})
	headers = rapid.StringMatching("[A-Za-z0-9!#$%&'*+.^_|~-]{1,8}=[A-Za-z0-9._~+/:=-]{1,8}") // as labels let them pass
)

// visited returns routes in which anything may be asked for visitors.
func visited() *rapid.Generator[*rollout.Route] {
	return rapid.Custom(func(t *rapid.T) *rollout.Route {
		r := &rollout.Route{App: names.Draw(t, "app")}
		candidate := rapid.SampledFrom(labels.Colors[:]).Draw(t, "candidate")
		header := rapid.OneOf(rapid.Just(""), headers).Draw(t, "header")
		weight := rapid.SampledFrom([]int{0, 1, 10, 50, 99, 100}).Draw(t, "weight")
		rescue := rapid.SampledFrom([]labels.Color{"", candidate, candidate.Other()}).Draw(t, "rescue")
		for _, name := range sorted(t, "services") {
			if strings.HasSuffix(name, "-blue") || strings.HasSuffix(name, "-green") {
				continue
			}
			s := rollout.Service{Name: name, Rescue: rescue, Sticky: rapid.StringMatching("[0-9a-z]{0,9}").Draw(t, "sticky")}
			for _, c := range labels.Colors {
				share := 100 - weight
				var p labels.Preview
				if c == candidate {
					share = weight
					p = labels.Preview{Header: header, Host: rapid.SampledFrom([]string{"", "next.test", "a.test"}).Draw(t, "host")}
				}
				if share > 0 || p != (labels.Preview{}) || s.Rescue == c {
					b := backend(c, share, labels.Service{Port: 80, Scheme: "http"}, "10.0.0.1")
					b.Preview = p
					s.Backends = append(s.Backends, b)
				}
			}
			r.Services = append(r.Services, s)
		}
		for _, name := range sorted(t, "routers") {
			service := "x@docker"
			if len(r.Services) > 0 {
				service = rapid.SampledFrom(r.Services).Draw(t, "service").Name
			}
			rule, err := json.Marshal(rules.Draw(t, "rule"))
			if err != nil {
				t.Fatalf("%v", err)
			}
			priority := rapid.Int64Range(-1000, 1000).Filter(func(n int64) bool { return n != 0 }).Draw(t, "priority")
			r.Routers = append(r.Routers, labels.Router{Name: name, Service: service, Options: fmt.Sprintf(`{"priority":"%d","rule":%s}`, priority, rule)})
		}
		return r
	})
}
