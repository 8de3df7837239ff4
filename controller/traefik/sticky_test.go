package traefik

import (
	"strings"
	"testing"

	"bg/controller/rollout"
)

func TestVisitorsKeepTheirColorByACookieOfTheService(t *testing.T) {
	r := safety(90, 10, "Host(`shop.test`)")
	r.Services[0].Sticky = "k3"
	file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	wantLines(t, file,
		`"shop-web":{"weighted":{"services":[{"name":"shop-web~k3-blue","weight":90},{"name":"shop-web~k3-green","weight":10}],"sticky":{"cookie":{"name":"bg_shop-web","httpOnly":true,"sameSite":"lax"}}}}`,
		`"shop-web~k3-green":{"weighted":{"services":[{"name":"shop-web-green","weight":1}]}}`,
		`"shop-web~k3-blue":{"weighted":{"services":[{"name":"shop-web-blue","weight":1}]}}`,
		// One cookie for all methods: what is safe goes by the same parent.
		`"shop-web~safe":{"failover":{"service":"shop-web","fallback":"shop-web-blue","errors":{"status":["502-504"],"maxRequestBodyBytes":65536}}}`)
}

func TestTheCookieIsForEncryptedConnectionsWhereThereAreNoOthers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*rollout.Route)
		want   bool
	}{
		"one router, with TLS": {func(r *rollout.Route) {}, true},
		"another one without": {func(r *rollout.Route) {
			plain := r.Routers[0]
			plain.Name, plain.Options = "zz", strings.Replace(plain.Options, `"tls":{},`, "", 1)
			r.Routers = append(r.Routers, plain)
		}, false},
		"another one without, to another service": {func(r *rollout.Route) {
			plain := r.Routers[0]
			plain.Name, plain.Service, plain.Options = "zz", "api@internal", strings.Replace(plain.Options, `"tls":{},`, "", 1)
			r.Routers = append(r.Routers, plain)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := safety(90, 10, "Host(`shop.test`)")
			r.Services[0].Sticky = "k3"
			r.Routers[0].Options = strings.Replace(r.Routers[0].Options, "{", `{"tls":{},`, 1)
			c.change(r)
			file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
			if got := strings.Contains(file, `"secure":true`); got != c.want {
				t.Errorf("secure: %t in\n%s", got, file)
			}
		})
	}
}

func TestWithOneColorAloneNobodyIsKept(t *testing.T) {
	r := safety(0, 100, "Host(`shop.test`)")
	r.Services[0].Sticky = "k3"
	file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	if strings.Contains(file, "sticky") || strings.Contains(file, "k3") {
		t.Errorf("a cookie in\n%s", file)
	}
}

func TestASplitWithAnotherNameIsRefused(t *testing.T) {
	for _, split := range []string{`a"`, "A", "~", "-", "12345678901234567", "é"} {
		r := safety(90, 10, "Host(`shop.test`)")
		r.Services[0].Sticky = split
		if _, err := Render(&rollout.Routing{Routes: []*rollout.Route{r}}, nil); err == nil {
			t.Errorf("%q was rendered", split)
		}
	}
}
