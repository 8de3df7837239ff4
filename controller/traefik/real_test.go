package traefik

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

// broad returns a route that uses much of what labels can say.
func broad() *rollout.Route {
	web := labels.Service{
		Name: "web", Port: 8080, Scheme: "http", Server: `{"preservePath":true,"weight":2}`,
		Options: `{"healthCheck":{"followRedirects":false,"headers":{"X-A":"{{env \"HOME\"}}"},"hostname":"a.example","interval":"10s","path":"/healthz","port":8080,"scheme":"http","status":200,"timeout":"2s"},` +
			`"passHostHeader":false,"responseForwarding":{"flushInterval":"50ms"},"sticky":{"cookie":{"httpOnly":true,"maxAge":60,"name":"c","sameSite":"lax","secure":true}}}`,
	}
	return &rollout.Route{
		App: "my-shop", Source: labels.Blue,
		Routers: []labels.Router{
			{Name: "api", Service: "grpc", Options: `{"entryPoints":["web"],"priority":50,"rule":"Host(` + "`a.example`) && PathPrefix(`/api`)" + `"}`},
			{Name: "bare", Service: "tls", Options: `{"priority":1,"rule":"PathPrefix(` + "`/`" + `)"}`},
			{Name: "noop", Service: "noop@internal", Options: `{"priority":60,"rule":"Path(` + "`/noop`" + `)"}`},
			{Name: "web", Service: "web", Options: `{"entryPoints":["web"],"middlewares":["my--shop-chain"],"observability":{"accessLogs":false},"priority":20,"rule":"Host(` + "`a.example`" + `)","tls":{"domains":[{"main":"a.example","sans":["b.example"]}],"options":"default"}}`},
		},
		Middlewares: []labels.Object{
			{Name: "auth", Options: `{"basicAuth":{"realm":"🔒 {{x}} \u0085","removeHeader":true,"users":["a:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/"]}}`},
			{Name: "chain", Options: `{"chain":{"middlewares":["my--shop-auth","my--shop-gzip","my--shop-headers","my--shop-strip"]}}`},
			{Name: "gzip", Options: `{"compress":{"excludedContentTypes":["text/event-stream"],"minResponseBodyBytes":1024}}`},
			{Name: "headers", Options: `{"headers":{"customResponseHeaders":{"X-B":"║ \u2028","X-Empty":""},"stsSeconds":3600}}`},
			{Name: "rate", Options: `{"rateLimit":{"average":100,"burst":50,"period":"1s"}}`},
			{Name: "redirect", Options: `{"redirectRegex":{"permanent":true,"regex":"^https?://b/(.*)","replacement":"https://a.example/${1}"}}`},
			{Name: "retry", Options: `{"retry":{"attempts":3,"initialInterval":"100ms"}}`},
			{Name: "strip", Options: `{"stripPrefix":{"prefixes":["/x","/y"]}}`},
		},
		Services: []rollout.Service{
			{Name: "empty", Backends: []rollout.Backend{backend(labels.Blue, 100, labels.Service{Port: 80, Scheme: "https"})}},
			{Name: "grpc", Backends: []rollout.Backend{backend(labels.Green, 100, labels.Service{Port: 9000, Scheme: "h2c", Options: `{"strategy":"p2c"}`}, "10.9.0.1")}},
			{Name: "tls", Backends: []rollout.Backend{backend(labels.Blue, 100, labels.Service{Port: 443, Scheme: "https", Options: `{"serversTransport":"other@file"}`}, "fd00::1")}},
			{Name: "web", Backends: []rollout.Backend{backend(labels.Blue, 90, web, "10.9.0.2", "10.9.0.3"), backend(labels.Green, 10, web, "10.9.0.4")}},
		},
	}
}

func TestRealTraefikTakesABroadRouteOver(t *testing.T) {
	r := startTraefik(t, []string{"443"}, "--entryPoints.websecure.address=:443", "--metrics.prometheus=true")
	other := "http: {serversTransports: {other: {insecureSkipVerify: true}}}"
	if err := os.WriteFile(filepath.Join(r.dir, "other.yml"), []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	cert, err := NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r.release(t, &rollout.Routing{Generation: 1, Routes: []*rollout.Route{broad()}}, cert)

	for _, kind := range []string{"routers", "services", "middlewares"} {
		var list []map[string]any
		if _, err := r.client.ask(t.Context(), "api/http/"+kind, "per_page=1000", &list); err != nil {
			t.Fatal(err)
		}
		ours := 0
		for _, x := range list {
			if !strings.HasPrefix(fmt.Sprint(x["name"]), "my--shop-") {
				continue
			}
			ours++
			if x["status"] != "enabled" || x["error"] != nil {
				t.Errorf("%s %v", kind, x)
			}
		}
		if want := map[string]int{"routers": 4, "services": 9, "middlewares": 8}[kind]; ours != want {
			t.Errorf("%d of %d %s", ours, want, kind)
		}
	}
	var header struct {
		Headers struct{ CustomResponseHeaders map[string]string }
	}
	if _, err := r.client.ask(t.Context(), "api/http/middlewares/my--shop-headers@file", "", &header); err != nil {
		t.Fatal(err)
	}
	if got := header.Headers.CustomResponseHeaders["X-B"]; got != "║ \u2028" {
		t.Errorf("the header became %q", got)
	}
	info, problems := r.client.Check(t.Context())
	if len(problems) > 0 || !slices.Contains(info.Providers, "File") {
		t.Errorf("%+v %+v", info, problems)
	}
}

func TestRealTraefikTakesAnEmptyRoutingOver(t *testing.T) {
	r := startTraefik(t, nil)
	r.release(t, &rollout.Routing{Generation: 1}, nil)
}

func TestRealTraefikIsConfirmedThroughRedirectsTLSAndPasswords(t *testing.T) {
	for name, flags := range map[string][]string{
		"redirect to an encrypted entrypoint": {"--entryPoints.web.http.redirections.entryPoint.to=websecure", "--entryPoints.websecure.http.tls=true"},
		"password on one":                     {"--entryPoints.websecure.http.middlewares=auth@file"},
		"older rule syntax":                   {"--core.defaultRuleSyntax=v2"},
		"certificates for known hosts only":   {"--entryPoints.web.http.redirections.entryPoint.to=websecure", "--entryPoints.websecure.http.tls=true"},
		"password on all":                     {"--entryPoints.web.http.middlewares=auth@file", "--entryPoints.websecure.http.middlewares=auth@file"},
	} {
		t.Run(name, func(t *testing.T) {
			r := startTraefik(t, []string{"443"}, append(flags, "--entryPoints.websecure.address=:443")...)
			auth := `http: {middlewares: {auth: {basicAuth: {users: ["a:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/"]}}}}`
			auth += "\ntls: {options: {default: {sniStrict: " + fmt.Sprint(strings.HasPrefix(name, "certificates")) + "}}}"
			if err := os.WriteFile(filepath.Join(r.dir, "auth.yml"), []byte(auth), 0o644); err != nil {
				t.Fatal(err)
			}
			for g := range uint64(3) {
				t.Log(r.release(t, &rollout.Routing{Generation: g + 1}, nil))
			}
		})
	}
}

func TestRealTraefikThatRefusesTheFolderIsNotLive(t *testing.T) {
	r := startTraefik(t, nil)
	r.release(t, &rollout.Routing{Generation: 1}, nil)
	if err := os.WriteFile(filepath.Join(r.dir, "theirs.yml"), []byte("http: {routers: {a: {rool: x}}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	data, err := Render(&rollout.Routing{Generation: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.publisher.Publish(data); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	err = r.client.Confirm(ctx, 2)
	if e, ok := err.(*NotLive); !ok || e.Generation != 2 {
		t.Errorf("got %v", err)
	}
	if err := r.client.Confirm(t.Context(), 1); err != nil {
		t.Errorf("the old generation should still be live: %v", err)
	}
	docker(t, "stop", "-t", "0", r.name)
	ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err, ok := r.client.Confirm(ctx, 2).(*Unreachable); !ok {
		t.Errorf("got %v", err)
	}
}

func TestRealTraefikServesOnceConfirmed(t *testing.T) {
	r := startTraefik(t, nil)
	for g := range uint64(20) {
		route := &rollout.Route{App: "shop", Routers: []labels.Router{{
			Name: "a", Service: "noop@internal", Options: fmt.Sprintf(`{"priority":1,"rule":"Path('/only-%d')"}`, g),
		}}}
		route.Routers[0].Options = strings.ReplaceAll(route.Routers[0].Options, "'", "`")
		r.release(t, &rollout.Routing{Generation: g + 1, Routes: []*rollout.Route{route}}, nil)
		resp, err := http.Get(fmt.Sprintf("http://%s/only-%d", r.ports["80"], g))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusTeapot {
			t.Fatalf("generation %d is confirmed, but answers %d", g+1, resp.StatusCode)
		}
	}
}
