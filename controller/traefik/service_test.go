package traefik

import (
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/labels"
)

func TestOnlyBackendsThatCanServeAreRendered(t *testing.T) {
	o := labels.Service{Name: "web", Port: 80}
	for _, tt := range []struct {
		name     string
		backends []rollout.Backend
		want     string
	}{
		{
			"without servers", []rollout.Backend{backend(labels.Blue, 60, o), backend(labels.Green, 40, o, "10.0.0.1")},
			`{"name":"shop-web-green","weight":100}`,
		},
		{
			"with weight 0", []rollout.Backend{backend(labels.Blue, 100, o, "10.0.0.1"), backend(labels.Green, 0, o, "10.0.0.2")},
			`{"name":"shop-web-blue","weight":100}`,
		},
		{
			"all empty: the heavier answers 503", []rollout.Backend{backend(labels.Blue, 10, o), backend(labels.Green, 90, o)},
			`{"name":"shop-web-green","weight":100}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{{
				App: "shop", Services: []rollout.Service{{Name: "web", Backends: tt.backends}},
			}}}, nil)
			if !strings.Contains(got, `"shop-web":{"weighted":{"services":[`+tt.want+`]}}`) || strings.Count(got, "loadBalancer") != 1 {
				t.Errorf("want the only backend %s in\n%s", tt.want, got)
			}
		})
	}
}

func TestTheShortDialTimeoutLeavesOthersChoicesAlone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options labels.Service
		want    bool
	}{
		{"http", labels.Service{Port: 80}, true},
		{"h2c", labels.Service{Port: 80, Scheme: "h2c"}, true},
		{"https", labels.Service{Port: 80, Scheme: "https"}, false},
		{"named by the user", labels.Service{Port: 80, Options: `{"serverstransport":"slow@file"}`}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{{
				App: "shop", Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{
					backend(labels.Blue, 100, tt.options, "10.0.0.1"),
				}}},
			}}}, nil)
			if strings.Contains(got, `"serversTransport":"bg"`) != tt.want {
				t.Errorf("want it: %t, in\n%s", tt.want, got)
			}
		})
	}
}
