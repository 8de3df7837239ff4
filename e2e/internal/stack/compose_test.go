package stack

import (
	"encoding/json"
	"testing"
)

type file struct {
	Services map[string]struct {
		Labels, Environment map[string]string
		Deploy              struct{ Replicas int }
	}
	Networks map[string]struct {
		External bool
		Name     string
	}
}

func TestAReleaseBecomesAComposeFile(t *testing.T) {
	data, err := Release{
		App: "shop", Color: "green", Host: "shop.test", Manual: true, Replicas: 2,
		Labels:   map[string]string{"a": "all", "b": "all"},
		Services: []Service{{Name: "web", Labels: map[string]string{"b": "web"}}, {Name: "api", Replicas: 3}},
	}.compose("net")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	web, api := f.Services["web"], f.Services["api"]
	if web.Labels["a"] != "all" || web.Labels["b"] != "web" || web.Labels["bg.promote"] != "manual" {
		t.Errorf("web has the labels %v", web.Labels)
	}
	if rule := web.Labels["traefik.http.routers.web.rule"]; rule != "Host(`shop.test`)" {
		t.Errorf("web has the rule %q", rule)
	}
	if rule, given := api.Labels["traefik.http.routers.api.rule"]; given {
		t.Errorf("only the first service gets the release's host, and api has %q", rule)
	}
	if web.Deploy.Replicas != 2 || api.Deploy.Replicas != 3 {
		t.Errorf("%d and %d replicas", web.Deploy.Replicas, api.Deploy.Replicas)
	}
	if web.Environment["BG_COLOR"] != "green" || web.Environment["VERSION"] != "v1" {
		t.Errorf("web has the environment %v", web.Environment)
	}
	if n := f.Networks["bg"]; !n.External || n.Name != "net" {
		t.Errorf("networks: %+v", f.Networks)
	}
}

func TestAReleaseCanDoWithoutDockersHealthCheck(t *testing.T) {
	for _, unchecked := range []bool{true, false} {
		data, err := Release{App: "shop", Color: "green", Unchecked: unchecked}.compose("net")
		if err != nil {
			t.Fatal(err)
		}
		var f struct {
			Services map[string]struct{ Healthcheck struct{ Disable bool } }
		}
		if err := json.Unmarshal(data, &f); err != nil || f.Services["web"].Healthcheck.Disable != unchecked {
			t.Errorf("unchecked %v: %v, %+v", unchecked, err, f)
		}
	}
}

func TestComposeFillsNothingIntoLabels(t *testing.T) {
	if got := literal(map[string]string{"x": "$1 ${HOME}"})["x"]; got != "$$1 $${HOME}" {
		t.Errorf("got %q", got)
	}
}
