package labels

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLabelsClaimWhatOtherAppsCouldAskForToo(t *testing.T) {
	const other = "traefik.http.routers.other."
	for name, c := range map[string]struct {
		pairs []string
		want  []Claim
	}{
		"hosts with the priority of their router": {[]string{rule, "Host(`a.example`)", "traefik.http.routers.web.priority", "5"}, []Claim{{"a.example", 5}}},
		"the weakest router of a host":            {[]string{rule, "Host(`a.example`)", other + "rule", "Host(`a.example`)", other + "priority", "-3"}, []Claim{{"a.example", -3}}},
		"the strongest router of many hosts":      {[]string{rule, "Path(`/`)", other + "rule", "Path(`/`)", other + "priority", "99"}, []Claim{{Every, 99}}},
		"a host for the preview":                  {[]string{rule, "Host(`a.example`)", "bg.preview.host", "Next.example"}, []Claim{{"a.example", 17}, {"next.example", 17}}},
		"a host for the preview of nothing":       {[]string{"bg.preview.host", "next.example"}, []Claim{{"next.example", math.MaxInt64}}},
		"Traefik's own services":                  {[]string{rule, "Host(`a`)", "traefik.http.routers.web.service", "api@internal"}, []Claim{{"a", 9}, {"api@internal", 0}}},
		"and middlewares":                         {[]string{"traefik.http.middlewares.e.errors.service", "rest@internal", "traefik.http.middlewares.c.chain.middlewares", "x@internal,e"}, []Claim{{"rest@internal", 0}, {"x@internal", 0}}},
		"names of other apps":                     {[]string{rule, "Host(`a`)", "traefik.http.routers.web.service", "my--blog-web@file", "traefik.http.routers.web.middlewares", "cms-auth@file"}, []Claim{{"a", 9}, {"cms-auth@file", 0}, {"my--blog-web@file", 0}}},
		"not the app's own, nor other files'":     {[]string{rule, "Host(`a`)", "traefik.http.routers.web.middlewares", "shop-auth@file,auth@file,sso@docker,x.y-z@file"}, []Claim{{"a", 9}}},
		"not the service that does nothing":       {[]string{rule, "Host(`a`)", "traefik.http.routers.web.service", "noop@internal"}, []Claim{{"a", 9}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mustDecode(t, web(c.pairs...)).Claims); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestClaimsAreBounded(t *testing.T) {
	var pairs []string
	for i := range maxClaims + 1 {
		pairs = append(pairs, fmt.Sprintf("traefik.http.routers.r%d.rule", i), fmt.Sprintf("Host(`h%d.example`)", i))
	}
	wantError(t, Container{Name: "c1", Labels: web(pairs...), Ports: []int{80}}, "201 hosts", "at most 200")
}

func TestClaimsTellWhatTheyAreOf(t *testing.T) {
	for _, c := range []struct {
		name           string
		wide, internal bool
		app            string
	}{
		{"a.example", false, false, ""},
		{"*.example", true, false, ""},
		{Every, true, false, ""},
		{"api@internal", false, true, ""},
		{"my--blog-web-green@file", false, false, "my-blog"},
	} {
		if x := (Claim{Name: c.name}); x.Wide() != c.wide || x.Internal() != c.internal || x.App() != c.app {
			t.Errorf("%s: wide %v, internal %v, app %q", c.name, x.Wide(), x.Internal(), x.App())
		}
	}
}

func TestUnqualifyUndoesQualify(t *testing.T) {
	for _, app := range []string{"a", "a-b", "a--b", "a-", "0-1-2"} {
		for _, name := range []string{"web", "web-blue", "a--b", "x.y"} {
			if a, n, ok := Unqualify(Qualify(app, name)); !ok || a != app || n != name {
				t.Errorf("%s of %s comes back as %s of %s, %v", name, app, n, a, ok)
			}
		}
	}
	for _, s := range []string{"", "auth", "a--b", "-a", "x.y-z", "A-b", "bg.generation-7", "a-"} {
		if app, name, ok := Unqualify(s); ok {
			t.Errorf("%q comes back as %s of %s", s, name, app)
		}
	}
}
