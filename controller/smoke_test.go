package controller

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// page is a server that answers with the host that it was asked for.
func page(t *testing.T) (address string, port int) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("you asked " + r.Host))
	}))
	t.Cleanup(s.Close)
	host, p, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, _ = strconv.Atoi(p)
	return host, port
}

func home(via, body string) labels.Smoke {
	return labels.Smoke{Name: "home", Path: "/", Method: "GET", Status: labels.StatusRange{From: 200, To: 399}, Body: body, Via: via}
}

func TestASmokeTestAsksTheContainerOrTheEntrypointOfItsRouter(t *testing.T) {
	address, port := page(t)
	entrypoints := []traefik.Entrypoint{{Name: "web", Address: address, Port: port}, {Name: "other", Address: "127.0.0.1", Port: 1}}
	for name, c := range map[string]struct {
		test  rollout.Test
		fault string
	}{
		"direct":             {test: rollout.Test{Smoke: home("direct", "you asked"), Address: address, Port: port, Scheme: "http"}},
		"direct, no port":    {test: rollout.Test{Smoke: home("direct", ""), Container: "shop-web-1", Address: address}, fault: "bg.port"},
		"direct, wrong body": {test: rollout.Test{Smoke: home("direct", "hello"), Container: "shop-web-1", Address: address, Port: port, Scheme: "http"}, fault: "container shop-web-1"},
		"proxy":              {test: rollout.Test{Smoke: home("proxy", "you asked shop.test"), Router: "{\"rule\":\"Host(`shop.test`)\",\"entryPoints\":\"web, websecure\"}"}},
		"proxy, as an array": {test: rollout.Test{Smoke: home("proxy", "shop.test"), Router: "{\"rule\":\"Host(`shop.test`)\",\"entryPoints\":[\"web\"]}"}},
		"proxy, all":         {test: rollout.Test{Smoke: home("proxy", "shop.test"), Router: "{\"rule\":\"Host(`shop.test`)\"}"}},
		"proxy, unknown":     {test: rollout.Test{Smoke: home("proxy", ""), Router: `{"entryPoints":"internal"}`}, fault: "entrypoints [internal]"},
		"proxy, no router":   {test: rollout.Test{Smoke: home("proxy", "")}, fault: "no router"},
	} {
		t.Run(name, func(t *testing.T) {
			ctl := New(Config{Entrypoints: func(context.Context) ([]traefik.Entrypoint, error) { return entrypoints, nil }})
			err := ctl.test(t.Context(), []rollout.Test{c.test})
			switch {
			case c.fault == "" && err != nil:
				t.Error(err)
			case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), "smoke test home")):
				t.Errorf("got %v, want one about smoke test home that holds %q", err, c.fault)
			}
		})
	}
	down := errors.New("no answer")
	ctl := New(Config{Entrypoints: func(context.Context) ([]traefik.Entrypoint, error) { return nil, down }})
	if err := ctl.test(t.Context(), []rollout.Test{{Smoke: home("proxy", ""), Router: "{}"}}); !errors.Is(err, down) {
		t.Errorf("with Traefik's API down: %v", err)
	}
}
