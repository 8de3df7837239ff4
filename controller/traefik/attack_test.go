package traefik

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bg/controller/rollout"
	"bg/labels"
)

// Attack 5 of the bar: YAML newline, anchor, tag: inert.
func TestYAMLInLabelsStaysText(t *testing.T) {
	for _, text := range []string{
		"a\n  evil:\n    rule: PathPrefix(`/`)", "x\"}}\n\"evil\":{\"rule\":\"y\"", "&a x", "*a", "!!binary aGk=", "!!python/object:os.system x", "<<: *a",
		"- a", "{evil: true}", "[a]", "a: b", "# a", "'a'", "\"a\"", "\\u0022", "%YAML 1.1", "---", "...", "@a", "`a`", "|", ">", "yes", "~", "0x10", "1_000", "\ta", " a ", "a\n---\nhttp: {}",
	} {
		given := map[string]string{
			"bg.enable": "true", "com.docker.compose.project": "shop-blue", "com.docker.compose.service": "web",
			"traefik.http.routers.web.rule":                                  text,
			"traefik.http.routers.web.priority":                              "7",
			"traefik.http.middlewares.m.plugin.p.text":                       text,
			"traefik.http.services.web.loadbalancer.sticky.cookie.name":      text,
			"traefik.http.services.web.loadbalancer.healthcheck.path":        text,
			"traefik.http.middlewares.m.plugin.p.list[0]":                    text,
			"traefik.http.routers.web.tls.domains[0].main":                   text,
			"traefik.http.services.web.loadbalancer.healthcheck.hostname":    text,
			"traefik.http.services.web.loadbalancer.responseforwarding.some": text,
		}
		spec, err := labels.Decode(labels.Container{Name: "c", Labels: given, Ports: []int{80}})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		s := spec.HTTP.Services[0]
		file := mustRender(t, &rollout.Routing{Generation: 7, Routes: []*rollout.Route{{
			App: "shop", Source: labels.Blue, Routers: spec.HTTP.Routers, Middlewares: spec.HTTP.Middlewares,
			Services: []rollout.Service{{Name: s.Name, Backends: []rollout.Backend{backend(labels.Blue, 100, s, "10.0.0.1")}}},
		}}}, nil)
		var got struct {
			HTTP struct {
				Routers map[string]struct {
					Rule string
					TLS  struct{ Domains []struct{ Main string } }
				}
				Middlewares map[string]struct {
					Plugin struct {
						P struct {
							Text string
							List []string
						}
					}
				}
				Services map[string]any
			}
			Rest map[string]any `yaml:",inline"`
		}
		d := yaml.NewDecoder(strings.NewReader(file))
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%q: %v\n%s", text, err, file)
		}
		web, m := got.HTTP.Routers["shop-web"], got.HTTP.Middlewares["shop-m"].Plugin.P
		if web.Rule != text || web.TLS.Domains[0].Main != text || m.Text != text || len(m.List) != 1 || m.List[0] != text {
			t.Errorf("%q became %+v and %+v", text, web, m)
		}
		// bg's two markers, the app's router, and nothing beside them.
		if len(got.HTTP.Routers) != 3 || len(got.HTTP.Middlewares) != 2 || len(got.HTTP.Services) != 2 || len(got.Rest) > 0 || d.Decode(new(any)) == nil {
			t.Errorf("%q made something of its own:\n%s", text, file)
		}
	}
}
