package labels

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMergeJoinsTheContainersOfAColor(t *testing.T) {
	web1 := mustDecode(t, routed("traefik.http.routers.web.middlewares", "auth"))
	web2 := web1
	api := mustDecode(t, web(composeService, "api",
		"traefik.http.routers.api.rule", "Path(`/api`)",
		"traefik.http.middlewares.auth.headers.framedeny", "true"))

	got, err := Merge(&web1, &web2, nil, &api)
	if err != nil {
		t.Fatal(err)
	}
	want := HTTP{
		Routers: []Router{
			{Name: "api", Service: "api", Options: "{\"priority\":\"12\",\"rule\":\"Path(`/api`)\"}"},
			{Name: "web", Service: "web", Options: "{\"middlewares\":[\"shop-auth\"],\"priority\":\"9\",\"rule\":\"Path(`/`)\"}"},
		},
		Middlewares: []Object{{Name: "auth", Options: `{"headers":{"frameDeny":"true"}}`}},
		Services: []Service{
			{Name: "api", Port: 8080, Scheme: "http", Server: "{}", Options: "{}"},
			{Name: "web", Port: 8080, Scheme: "http", Server: "{}", Options: "{}"},
		},
		Claims: []Claim{{Every, 12}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	backwards, err := Merge(&api, &web2, &web1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, backwards); diff != "" {
		t.Errorf("order counts: %s", diff)
	}
}

func TestMergeNamesWhatDoesNotFit(t *testing.T) {
	one := mustDecode(t, routed())
	replica := mustDecode(t, routed("traefik.http.routers.web.priority", "1"))
	sibling := mustDecode(t, routed(composeService, "api", "traefik.http.routers.web.service", "web"))
	needy := mustDecode(t, routed("traefik.http.routers.web.middlewares", "auth"))
	for name, c := range map[string]struct {
		specs []*Spec
		want  string
	}{
		"replicas":      {[]*Spec{&one, &replica}, "the containers of service web define router web in different ways"},
		"siblings":      {[]*Spec{&needy, &sibling}, "the services api and web define router web in different ways"},
		"unmet":         {[]*Spec{&needy}, "traefik.http.middlewares.auth.*"},
		"unmet also":    {[]*Spec{&sibling}, "service web is referred to"},
		"told but once": {[]*Spec{&needy, &needy}, "middleware auth"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Merge(c.specs...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if strings.Count(err.Error(), c.want) != 1 {
				t.Errorf("told twice: %v", err)
			}
			if diff := cmp.Diff(HTTP{}, got); diff != "" {
				t.Error(diff)
			}
			slices.Reverse(c.specs)
			if _, again := Merge(c.specs...); again.Error() != err.Error() {
				t.Errorf("order counts: %v and %v", err, again)
			}
		})
	}
}

func TestMergeOfNothingIsEmpty(t *testing.T) {
	got, err := Merge()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(HTTP{}, got); diff != "" {
		t.Error(diff)
	}
}
