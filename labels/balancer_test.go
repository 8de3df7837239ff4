package labels

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const services = "traefik.http.services."

func TestServicesLoseTheirColorAndTheirServer(t *testing.T) {
	h := mustDecode(t, routed(
		services+"web-green.loadbalancer.server.port", "81",
		services+"web-green.loadbalancer.server.scheme", "h2c",
		services+"web-green.loadbalancer.server.weight", "3",
		services+"web-green.loadbalancer.sticky.cookie", "true",
		services+"web-green.loadbalancer.healthcheck.path", "/up",
	)).HTTP
	want := []Service{{
		Name: "web", Port: 81, Scheme: "h2c", Server: `{"weight":"3"}`,
		Options: `{"healthCheck":{"path":"/up"},"sticky":{"cookie":"true"}}`,
	}}
	if diff := cmp.Diff(want, h.Services); diff != "" {
		t.Error(diff)
	}
	if h.Routers[0].Service != "web" {
		t.Errorf("router leads to %q", h.Routers[0].Service)
	}
}

func TestARouterMustChooseAmongSeveralServices(t *testing.T) {
	labels := routed(services+"a.loadbalancer.server.port", "81", services+"b.loadbalancer.server.port", "82")
	wantError(t, Container{Name: "c1", Labels: labels}, "traefik.http.routers.web.service")

	labels["traefik.http.routers.web.service"] = "b-green"
	s := mustDecode(t, labels)
	if s.HTTP.Routers[0].Service != "b" || len(s.HTTP.Needs) > 0 || s.Port != 81 {
		t.Errorf("router leads to %q, needs %v, port %d", s.HTTP.Routers[0].Service, s.HTTP.Needs, s.Port)
	}

	delete(labels, services+"b.loadbalancer.server.port")
	labels[services+"b.loadbalancer.passhostheader"] = "false"
	wantError(t, Container{Name: "c1", Labels: labels, Ports: []int{80}}, services+"b.loadbalancer.server.port")
}

func TestServicesThatDifferOnlyInColorAreRefused(t *testing.T) {
	labels := web(services+"a-blue.loadbalancer.server.port", "81", services+"a_green.loadbalancer.server.port", "81")
	wantError(t, Container{Name: "c1", Labels: labels}, "a-blue and a_green")
}

func TestAServiceWithoutRoutersIsKeptForItsSiblings(t *testing.T) {
	h := mustDecode(t, web(services+"api.loadbalancer.server.port", "81")).HTTP
	want := HTTP{Services: []Service{{Name: "api", Port: 81, Scheme: "http", Server: "{}", Options: "{}"}}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
}

func TestARouterMayLeadToASiblingsService(t *testing.T) {
	h := mustDecode(t, routed("traefik.http.routers.web.service", "api")).HTTP
	if diff := cmp.Diff([]string{"service api"}, h.Needs); diff != "" {
		t.Error(diff)
	}
	if len(h.Services) > 0 {
		t.Errorf("services nobody asked for: %v", h.Services)
	}
}
