package traefik

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"bg/controller/rollout"
	"bg/labels"
)

// backend returns a color's share with servers at addresses.
func backend(c labels.Color, weight int, options labels.Service, addresses ...string) rollout.Backend {
	b := rollout.Backend{Color: c, Weight: weight, Options: options}
	for i, a := range addresses {
		b.Servers = append(b.Servers, rollout.Server{Container: fmt.Sprintf("%s%d", c, i), Address: a})
	}
	return b
}

// shop returns a route with a bit of everything.
func shop() *rollout.Route {
	web := labels.Service{Name: "web", Port: 8080, Scheme: "http", Server: `{}`, Options: `{"passHostHeader":false}`}
	return &rollout.Route{
		App:    "my-shop",
		Source: labels.Blue,
		Routers: []labels.Router{
			{Name: "admin", Service: "api@internal", Options: `{"priority":40,"rule":"Host(` + "`admin.example`" + `)"}`},
			{Name: "web", Service: "web", Options: `{"middlewares":["my--shop-auth"],"priority":20,"rule":"Host(` + "`shop.example`" + `)","tls":{}}`},
		},
		Middlewares: []labels.Object{{Name: "auth", Options: `{"basicAuth":{"users":["a:b"]}}`}},
		Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{
			backend(labels.Blue, 90, web, "10.0.0.1", "10.0.0.2"),
			backend(labels.Green, 10, web, "fd00::3"),
		}}},
	}
}

func mustRender(t *testing.T, r *rollout.Routing, cert *Certificate) string {
	t.Helper()
	data, err := Render(r, cert)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAFileHasOneLinePerThing(t *testing.T) {
	got := mustRender(t, &rollout.Routing{Generation: 7, Routes: []*rollout.Route{shop()}}, nil)
	want := strings.ReplaceAll(`# written by bg, generation 7; edits are lost at the next change
{"http":{
"routers":{
"bg.confirm":{"service":"noop@internal","rule":"HostRegexp('confirm.bg.internal') && Path('/7')","priority":2147482647},
"bg.confirm-tls":{"service":"noop@internal","rule":"HostRegexp('confirm.bg.internal') && Path('/7')","priority":2147482647,"tls":{}},
"my--shop-admin":{"service":"api@internal","priority":40,"rule":"Host('admin.example')"},
"my--shop-web":{"service":"my--shop-web","middlewares":["my--shop-auth"],"priority":20,"rule":"Host('shop.example')","tls":{}}
},
"middlewares":{
"bg.generation-7":{"headers":{"customResponseHeaders":{"Bg-Generation":"7"}}},
"my--shop-auth":{"basicAuth":{"users":["a:b"]}}
},
"services":{
"my--shop-web":{"weighted":{"services":[{"name":"my--shop-web-blue","weight":90},{"name":"my--shop-web-green","weight":10}]}},
"my--shop-web-blue":{"loadBalancer":{"passHostHeader":false,"serversTransport":"bg","servers":[{"url":"http://10.0.0.1:8080"},{"url":"http://10.0.0.2:8080"}]}},
"my--shop-web-green":{"loadBalancer":{"passHostHeader":false,"serversTransport":"bg","servers":[{"url":"http://[fd00::3]:8080"}]}}
},
"serversTransports":{
"bg":{"maxIdleConnsPerHost":200,"forwardingTimeouts":{"dialTimeout":"750ms","idleConnTimeout":"90s"}}
}
}}
`, "'", "`")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyRoutingLeavesTheServicesOut(t *testing.T) {
	got := mustRender(t, &rollout.Routing{}, nil)
	if strings.Contains(got, "services") {
		t.Errorf("Traefik refuses an empty section:\n%s", got)
	}
}

func TestTheDefaultCertificateStandsInTheFile(t *testing.T) {
	cert, err := NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got := mustRender(t, &rollout.Routing{}, cert)
	var file struct {
		TLS struct {
			Stores map[string]struct {
				DefaultCertificate struct{ CertFile, KeyFile string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body(t, got)), &file); err != nil {
		t.Fatal(err)
	}
	d := file.TLS.Stores["default"].DefaultCertificate
	if d.CertFile != string(cert.Cert) || d.KeyFile != string(cert.Key) {
		t.Errorf("got %q", d)
	}
}

func TestWhatTraefikWouldChokeOnIsRefused(t *testing.T) {
	router := func(x labels.Router) func(*rollout.Route) {
		return func(r *rollout.Route) { r.Routers = []labels.Router{x} }
	}
	object := func(options string) func(*rollout.Route) {
		return func(r *rollout.Route) { r.Middlewares = []labels.Object{{Name: "m", Options: options}} }
	}
	server := func(address string) func(*rollout.Route) {
		return func(r *rollout.Route) { r.Services[0].Backends[0].Servers[0].Address = address }
	}
	for name, spoil := range map[string]func(*rollout.Route){
		"app name":             func(r *rollout.Route) { r.App = `a":{}` },
		"router name":          router(labels.Router{Name: "a b", Service: "web"}),
		"service of a router":  router(labels.Router{Name: "a", Service: "we\nb"}),
		"no service":           router(labels.Router{Name: "a"}),
		"own key":              router(labels.Router{Name: "a", Service: "web", Options: `{"Service":"x"}`}),
		"empty middleware":     object(`{}`),
		"no object":            object(`[]`),
		"two objects":          object(`{"a":1}{"b":2}`),
		"no end":               object(`{"a":"b}`),
		"line break":           object("{\"a\":\n1}"),
		"tab in a string":      object("{\"a\":\"\t\"}"),
		"no UTF-8":             object("{\"a\":\"\xff\"}"),
		"wrong escape":         object(`{"a":"\x"}`),
		"cut escape":           object(`{"a":"\u12"}`),
		"long key":             object(`{"` + strings.Repeat("k", 1001) + `":1}`),
		"long key of escapes":  object(`{"` + strings.Repeat("\x7f", 200) + `":1}`),
		"no address":           server("evil.example"),
		"zone in an address":   server("fe80::1%eth0"),
		"port 0":               func(r *rollout.Route) { r.Services[0].Backends[0].Options.Port = 0 },
		"scheme":               func(r *rollout.Route) { r.Services[0].Backends[0].Options.Scheme = "file" },
		"no backend":           func(r *rollout.Route) { r.Services[0].Backends = nil },
		"same color":           func(r *rollout.Route) { r.Services[0].Backends[1].Color = labels.Blue },
		"own option":           func(r *rollout.Route) { r.Services[0].Backends[0].Options.Options = `{"Servers":[]}` },
		"color's service name": func(r *rollout.Route) { r.Services[0].Name = "web-blue" },
		"same router twice": func(r *rollout.Route) {
			r.Routers = []labels.Router{{Name: "a", Service: "web"}, {Name: "a", Service: "web"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := shop()
			spoil(r)
			_, err := Render(&rollout.Routing{Routes: []*rollout.Route{r}}, nil)
			if e, ok := err.(*RouteError); !ok || e.App != r.App {
				t.Errorf("got %v", err)
			}
			if CheckRoute(r) == nil {
				t.Error("CheckRoute lets it pass")
			}
		})
	}
	twice := &rollout.Routing{Routes: []*rollout.Route{shop(), shop()}}
	if _, err := Render(twice, nil); err == nil {
		t.Error("the same app twice was rendered")
	}
}

func TestCheckRouteRefusesWhatOnlyLooksLikeJSON(t *testing.T) {
	r := shop()
	if err := CheckRoute(r); err != nil {
		t.Fatal(err)
	}
	r.Middlewares[0].Options = `{"a"}`
	if CheckRoute(r) == nil {
		t.Error("no error")
	}
}

func TestOnlyFilesOfBgHaveAGeneration(t *testing.T) {
	data := mustRender(t, &rollout.Routing{Generation: 1<<64 - 1}, nil)
	if g, ok := Generation([]byte(data)); !ok || g != 1<<64-1 {
		t.Errorf("got %d, %t", g, ok)
	}
	for _, other := range []string{"", "http: {}", header, header + "7", header + "-7;", header + strings.Repeat("9", 21) + ";"} {
		if g, ok := Generation([]byte(other)); ok {
			t.Errorf("%q has generation %d", other, g)
		}
	}
}

// body returns the file without the comment.
func body(t *testing.T, file string) string {
	t.Helper()
	comment, rest, _ := strings.Cut(file, "\n")
	if !strings.HasPrefix(comment, "# ") {
		t.Fatalf("no comment: %s", comment)
	}
	return rest
}

// decode reads the file as JSON and as YAML, and fails unless both agree.
func decode(t fataler, file []byte) map[string]any {
	_, rest, _ := bytes.Cut(file, []byte("\n"))
	var asJSON, asYAML map[string]any
	if err := json.Unmarshal(rest, &asJSON); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, file)
	}
	if err := yaml.Unmarshal(file, &asYAML); err != nil {
		t.Fatalf("not YAML: %v\n%s", err, file)
	}
	if diff := cmp.Diff(asJSON, floats(asYAML)); diff != "" {
		t.Fatalf("JSON and YAML differ: %s", diff)
	}
	return asJSON
}

type fataler interface{ Fatalf(string, ...any) }

// floats turns YAML's integers into what JSON has.
func floats(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case map[string]any:
		for k, x := range v {
			v[k] = floats(x)
		}
	case []any:
		for i, x := range v {
			v[i] = floats(x)
		}
	}
	return v
}
