package traefik

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/labels"
)

// halfDead returns shop's route with Traefik's own API for blue, and for green
// an address that nobody listens at.
func halfDead(blue, green int) *rollout.Route {
	route := safety(blue, green, "PathPrefix(`/api/version`)")
	for i := range route.Services[0].Backends {
		b := &route.Services[0].Backends[i]
		b.Servers[0].Address, b.Options.Port = "127.0.0.1", 9
		if b.Color == labels.Blue {
			b.Options.Port = 8080
		}
	}
	return route
}

// asks returns the status that Traefik gives to a request.
func (r *real) asks(t *testing.T, method string, change func(*http.Request)) int {
	t.Helper()
	req, err := http.NewRequest(method, fmt.Sprintf("http://%s/api/version", r.ports["80"]), strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestRealTraefikSendsOnWhatTheDeadColorDidNotGet(t *testing.T) {
	r := startTraefik(t, nil)
	r.release(t, &rollout.Routing{Generation: 1, Routes: []*rollout.Route{halfDead(50, 50)}}, nil)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for range 20 {
			if status := r.asks(t, method, nil); status != http.StatusMethodNotAllowed { // says blue
				t.Errorf("%s answers %d", method, status)
			}
		}
	}
	// With one color alone there is nobody else to send it to.
	r.release(t, &rollout.Routing{Generation: 2, Routes: []*rollout.Route{halfDead(0, 100)}}, nil)
	if status := r.asks(t, "POST", nil); status != http.StatusBadGateway {
		t.Errorf("in the soak it answers %d", status)
	}
}

func TestRealTraefikServesAllThatIsThereForVisitors(t *testing.T) {
	r := startTraefik(t, nil)
	route := halfDead(90, 10)
	route.Services[0].Sticky = "k3"
	route.Services[0].Backends[1].Preview = labels.Preview{Header: "X-Preview~|^'%=let.me:in/=+~", Host: "Next.test"}
	r.release(t, &rollout.Routing{Generation: 1, Routes: []*rollout.Route{route}}, nil)
	for kind, want := range map[string]int{"routers": 4, "services": 6, "middlewares": 1} {
		var list []map[string]any
		if _, err := r.client.ask(t.Context(), "api/http/"+kind, "per_page=1000", &list); err != nil {
			t.Fatal(err)
		}
		ours := 0
		for _, x := range list {
			if !strings.HasPrefix(fmt.Sprint(x["name"]), "shop-") {
				continue
			}
			ours++
			if x["status"] != "enabled" || x["error"] != nil {
				t.Errorf("%s %v", kind, x)
			}
		}
		if ours != want {
			t.Errorf("%d of %d %s", ours, want, kind)
		}
	}

	// Green is dead, so who reaches it gets 502: a preview has nobody behind it.
	header := func(value string) func(*http.Request) {
		return func(req *http.Request) { req.Header["X-Preview~|^'%"] = []string{value} }
	}
	host := func(name string) func(*http.Request) { return func(req *http.Request) { req.Host = name } }
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"the header":                {header("let.me:in/=+~"), http.StatusBadGateway},
		"the header, another value": {header("let.me:in/=+"), http.StatusOK},
		"the host":                  {host("next.test"), http.StatusBadGateway},
		"the host, with a port":     {host("NEXT.test:80"), http.StatusBadGateway},
		"another host":              {host("a.next.test"), http.StatusOK},
		"neither":                   {nil, http.StatusOK},
	} {
		if got := r.asks(t, "GET", c.change); got != c.want {
			t.Errorf("with %s it answers %d, want %d", name, got, c.want)
		}
	}
}
