package controller

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/controller/rollout"
)

func TestAPolicyIsReadFromYAMLAndJSON(t *testing.T) {
	want := &rollout.Policy{
		Hosts:    map[string][]string{"a.example": {"web", "api"}, "*.internal.example": {"tools"}, "*": {}},
		Projects: map[string][]string{"shop": {"shop-blue", "shop-green"}},
		Internal: []string{"ops"},
	}
	for _, text := range []string{
		`
hosts:
  a.example: [web, api]
  "*.Internal.example": [tools]
  "*": []
apps:
  shop: {projects: [shop-blue, shop-green]}
internal: [ops]`,
		`{"hosts": {"A.example": ["web", "api"], "*.internal.example": ["tools"], "*": []}, "apps": {"shop": {"projects": ["shop-blue", "shop-green"]}}, "internal": ["ops"]}`,
	} {
		got, err := ParsePolicy([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, text := range []string{"", "# nothing", "hosts:", "{}"} {
		if p, err := ParsePolicy([]byte(text)); err != nil || len(p.Hosts)+len(p.Projects)+len(p.Internal) > 0 {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
}

func TestAPolicyThatIsWrongSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"hots: {a.example: [web]}":                    `line 1: "hots" is no key here`,
		"apps:\n  shop: {project: [x]}":               `line 2: "project" is no key here`,
		"hosts: [a]":                                  "line 1: cannot unmarshal",
		"hosts: {a.example: web}":                     "line 1: cannot unmarshal",
		"hosts: {a.example: [web], a.example: [api]}": "already defined",
		"hosts: {a.example: [web], A.example: [api]}": "hosts: a.example is there twice",
		"hosts: {'a b': [web]}":                       `hosts: "a b" is no host`,
		"hosts: {'a.*': [web]}":                       "is no host",
		"hosts: {'*.': [web]}":                        "is no host",
		"hosts: {a.example: [Web]}":                   `hosts: a.example: "Web" is no name of an app`,
		"apps: {shop: {}}":                            "apps: shop has no projects",
		"apps: {'../x': {projects: [a]}}":             "is no name of an app",
		"apps: {shop: {projects: [a, 'b c']}}":        `apps: shop: projects: "b c" is no name of a Compose project`,
		"internal: ['*']":                             `internal: "*" is no name of an app`,
		"hosts: {}\n---\nhosts: {}":                   "more than one document",
		"hosts: {a.example: [web":                     "line 1",
		"a: &a [x]\nb: &b [*a,*a]\nhosts: {a: [*b]}":  "no key",
	} {
		if _, err := ParsePolicy([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	for _, text := range []string{"hosts: {a.example: [web, api]}\napps: {shop: {projects: [shop-blue]}}\ninternal: [ops]", `{"hosts": {"*": []}}`, "a: &a [*a]", "hosts: !!binary x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy(data)
		if (p == nil) == (err == nil) {
			t.Fatalf("%+v and %v", p, err)
		}
		if err != nil {
			return
		}
		for host := range p.Hosts {
			if !policyHost.MatchString(host) || host != strings.ToLower(host) {
				t.Fatalf("host %q", host)
			}
		}
	})
}
