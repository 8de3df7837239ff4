package labels

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzDecode feeds labels as lines of KEY=VALUE, on top of those that make
// a container's identity.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"",
		"bg.x]=1",
		"bg.port=80\nbg.app=shop\nbg.color=blue\nbg.promote=manual",
		"bg.smoke.home.path=/\nbg.smoke.home.header.X-A=b\nbg.health.path=/up\nbg.canary.steps=5,25\nbg.soak=30",
		"bg=1\nbg.=2\nbg..x=3\nBG.port=4\nbg.Port=5\nbg.port=99999999999999999999",
		"traefik.http.routers.web.rule=Host(`a.b`) && PathPrefix(`/`)\ntraefik.http.routers.web.tls=true\ntraefik.http.routers.web.middlewares=m,x@file",
		"traefik.http.middlewares.m.headers.customrequestheaders.X-A=\ntraefik.http.middlewares.m.compress=true",
		"traefik.http.middlewares.m.plugin.p.a[0]=x\ntraefik.http.middlewares.m.plugin.p.a[1].b=y",
		"traefik.http.routers.web.tls.domains[0].main=a\ntraefik.http.routers.web.tls.domains[10].sans=b,c",
		"traefik.http.services.a-blue.loadbalancer.server.port=80\ntraefik.http.services.a-green.loadbalancer.sticky=true",
		"traefik.http.middlewares.e.errors.service=web\ntraefik.http.middlewares.c.chain.middlewares=e",
		"traefik.http.routers.web.rule={{ env `HOME` }}\ntraefik.docker.network=front",
		"com.docker.compose.project=My_Shop\ncom.docker.compose.service=../x",
	} {
		f.Add(seed, 8080)
	}
	f.Fuzz(func(t *testing.T, text string, port int) {
		labels := map[string]string{"bg.enable": "true", composeProject: "shop-blue", composeService: "web"}
		for line := range strings.SplitSeq(text, "\n") {
			key, value, _ := strings.Cut(line, "=")
			labels[key] = strings.ReplaceAll(value, `\n`, "\n")
		}
		c := Container{Name: "c1", Labels: labels, Ports: []int{port}}
		s, err := Decode(c)
		again, errAgain := Decode(c)
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatalf("decoded twice: %s", diff)
		}
		if err != nil {
			if err.Error() != errAgain.Error() {
				t.Fatalf("two errors: %v and %v", err, errAgain)
			}
			mustBeReadable(t, err)
			return
		}
		if s.App == "" || !s.Color.Valid() || s.Service == "" {
			t.Fatalf("no identity: %+v", s)
		}
		for _, o := range s.HTTP.Routers {
			mustBeInert(t, o.Options)
		}
		for _, o := range s.HTTP.Middlewares {
			mustBeInert(t, o.Options)
		}
		for _, o := range s.HTTP.Services {
			mustBeInert(t, o.Options)
			mustBeInert(t, o.Server)
			if o.Name != colorless(o.Name) || o.Port < 1 || o.Port > 65535 {
				t.Fatalf("service %+v", o)
			}
		}
		merged, err := Merge(&s, &again)
		if err != nil != (len(s.HTTP.Needs) > 0) {
			t.Fatalf("needs %q, merged with error %v", s.HTTP.Needs, err)
		}
		if diff := cmp.Diff(s.HTTP, merged); err == nil && diff != "" {
			t.Fatalf("merged with itself: %s", diff)
		}
	})
}

// mustBeInert checks that options are canonical JSON of text, groups and
// lists, and nothing that Traefik or a YAML reader takes for more.
func mustBeInert(t *testing.T, options string) {
	t.Helper()
	if strings.Contains(options, "{{") || strings.Contains(options, "║") || !readable(options) {
		t.Fatalf("not inert: %q", options)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(options), &v); err != nil {
		t.Fatalf("%v: %q", err, options)
	}
	if round := canonical(v); round != options {
		t.Fatalf("not canonical: %q becomes %q", options, round)
	}
	mustBeText(t, v)
}

func mustBeText(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case string:
	case map[string]any:
		folded := map[string]bool{}
		for key, value := range v {
			if folded[strings.ToLower(key)] {
				t.Fatalf("%q in two spellings", key)
			}
			folded[strings.ToLower(key)] = true
			mustBeText(t, value)
		}
	case []any:
		for _, value := range v {
			mustBeText(t, value)
		}
	default:
		t.Fatalf("neither text, group nor list: %v", v)
	}
}

// mustBeReadable checks that an error is a few lines of bounded length that
// can't mislead a terminal.
func mustBeReadable(t *testing.T, err error) {
	t.Helper()
	lines := strings.Split(err.Error(), "\n")
	if len(lines) > maxProblems+1 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "container c1: ") || len(line) > 2000 || !readable(line) {
			t.Fatalf("line %q", line)
		}
	}
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("not joined: %v", err)
	}
}
