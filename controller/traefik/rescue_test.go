package traefik

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/labels"
)

// safety returns shop's route with green as the new color and blue behind it.
func safety(blueWeight, greenWeight int, rule string) *rollout.Route {
	web := labels.Service{Name: "web", Port: 8080, Scheme: "http"}
	options, _ := json.Marshal(map[string]any{"priority": "7", "rule": rule})
	return &rollout.Route{
		App: "shop", Source: labels.Blue,
		Routers: []labels.Router{{Name: "web", Service: "web", Options: string(options)}},
		Services: []rollout.Service{{Name: "web", Rescue: labels.Blue, Backends: []rollout.Backend{
			backend(labels.Blue, blueWeight, web, "10.0.0.1"),
			backend(labels.Green, greenWeight, web, "10.0.0.2"),
		}}},
	}
}

// wantLines wants the file to hold each line, whatever ends it.
func wantLines(t *testing.T, file string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(file, "\n"+line) {
			t.Errorf("the file has no line\n%s\nbut\n%s", line, file)
		}
	}
}

func TestSafeRequestsGoToTheColorWithAnotherBehindIt(t *testing.T) {
	const host = "Host(`shop.test`) || Host(`a.test`)"
	for name, c := range map[string]struct {
		blue, green int
		middlewares string // of what is not safe
		want        []string
	}{
		"canary": {90, 10, `"middlewares":["shop-web~retry"],`, []string{
			`"shop-web~retry":{"retry":{"attempts":20,"timeout":"8s"}}`,
			`"shop-web":{"weighted":{"services":[{"name":"shop-web-blue","weight":90},{"name":"shop-web-green","weight":10}]}}`,
			`"shop-web~safe":{"weighted":{"services":[{"name":"shop-web-blue","weight":90},{"name":"shop-web~green","weight":10}]}}`,
		}},
		"soak": {0, 100, "", []string{
			`"shop-web":{"weighted":{"services":[{"name":"shop-web-green","weight":100}]}}`,
			`"shop-web~safe":{"weighted":{"services":[{"name":"shop-web~green","weight":100}]}}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{safety(c.blue, c.green, host)}}, nil)
			wantLines(t, file, c.want...)
			wantLines(t, file,
				`"shop-web~green":{"failover":{"service":"shop-web-green","fallback":"shop-web-blue","errors":{"status":["502-504"],"maxRequestBodyBytes":65536}}}`,
				`"shop-web-blue":{"loadBalancer":`, `"shop-web-green":{"loadBalancer":`,
				`"shop-web":{"service":"shop-web",`+c.middlewares+`"priority":"7","rule":"(`+host+") && !(Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))\"}",
				`"shop-web~safe":{"service":"shop-web~safe","priority":"7","rule":"(`+host+") && (Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))\"}")
		})
	}
}

func TestARouteWithoutAnythingToFallBackOnStaysAsItIs(t *testing.T) {
	for name, change := range map[string]func(*rollout.Route){
		"nobody rescues":          func(r *rollout.Route) { r.Services[0].Rescue = "" },
		"the rescue is empty":     func(r *rollout.Route) { r.Services[0].Backends[0].Servers = nil },
		"there is none to rescue": func(r *rollout.Route) { r.Services[0].Backends[1].Servers = nil },
		"the router leads elsewhere": func(r *rollout.Route) {
			r.Routers[0].Service = "api@internal"
		},
		// In brackets this would be an expression, and match all of another app.
		"the rule is none by itself": func(r *rollout.Route) {
			r.Routers[0].Options = "{\"priority\":\"7\",\"rule\":\"Host(`a`)) || (PathPrefix(`/`)\"}"
		},
		"the rule ends in a comment": func(r *rollout.Route) {
			r.Routers[0].Options = "{\"priority\":\"7\",\"rule\":\"Host(`a`) // of old\"}"
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := safety(90, 10, "Host(`shop.test`)")
			change(r)
			file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
			if strings.Contains(file, "Method(") {
				t.Errorf("a router was split:\n%s", file)
			}
		})
	}
}

func TestRealTraefikAsksTheOtherColorForWhatMayBeAskedTwice(t *testing.T) {
	r := startTraefik(t, nil)
	route := halfDead(0, 100)
	r.release(t, &rollout.Routing{Generation: 1, Routes: []*rollout.Route{route}}, nil)
	for method, safe := range map[string]bool{"GET": true, "HEAD": true, "OPTIONS": true, "POST": false, "PUT": false, "DELETE": false} {
		req, err := http.NewRequest(method, fmt.Sprintf("http://%s/api/version", r.ports["80"]), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if (resp.StatusCode == http.StatusBadGateway) == safe {
			t.Errorf("%s answers %d; may be asked again: %v", method, resp.StatusCode, safe)
		}
	}
}
