package labels

import (
	"strings"
	"testing"
)

// Attack 3 of the bar: backtick injection in a rule.
func TestABacktickCannotEndAQuotationOfBgs(t *testing.T) {
	const injected = "x`) || Host(`a.example"
	for _, key := range []string{"bg.preview.host", "bg.preview.header"} {
		for _, value := range []string{injected, "X=" + injected, "X=a`"} {
			wantError(t, Container{Name: "c1", Labels: web(key, value)}, key, "give")
		}
	}
	// In the user's own rule it is no injection: what it comes to is claimed.
	s := mustDecode(t, web(rule, "Host(`"+injected+"`)"))
	if got := s.Claims; len(got) != 2 || got[0].Name != "a.example" || got[1].Name != "x" {
		t.Errorf("claims %v", got)
	}
}

// Attack 4 of the bar: {{
func TestTemplateMarkersAreRefusedInEveryTraefikLabel(t *testing.T) {
	for _, key := range []string{
		rule, "traefik.http.routers.web.service", "traefik.http.routers.web.middlewares", "traefik.http.routers.web.tls.domains[0].main",
		"traefik.http.middlewares.m.headers.customrequestheaders.X-A", "traefik.http.middlewares.m.plugin.p.x", "traefik.http.services.web.loadbalancer.server.port",
		"traefik.http.routers.web.brandnew", "traefik.docker.network",
	} {
		for _, value := range []string{`{{ env "HOME" }}`, "{{", "a{{{b", "{\t{{"} {
			labels := routed()
			labels[key] = value
			if _, err := Decode(Container{Name: "c1", Labels: labels, Ports: []int{80}}); err == nil || !strings.Contains(err.Error(), "template") {
				t.Errorf("%s=%s: %v", key, value, err)
			}
		}
	}
}

// Attack 6 of the bar: ../, NUL, Unicode in names.
func TestNamesFromLabelsAreNoPathsAndPlainText(t *testing.T) {
	for _, name := range []string{"../x", "..", "/etc/passwd", "a/b", "a\x00b", "a\nb", "ａ", "é", "a\u202eb", "\u2028", strings.Repeat("a", 64), ""} {
		for what, c := range map[string]Container{
			"app":             {Labels: web("bg.app", name)},
			"color":           {Labels: web("bg.color", name)},
			"Compose project": {Labels: web(composeProject, name)},
			"Compose service": {Name: "../c", Labels: web(composeService, name)},
			"container":       {Name: name, Labels: web(composeService, "")},
			"router":          {Labels: routed("traefik.http.routers."+name+".rule", "Path(`/`)")},
			"middleware":      {Labels: routed("traefik.http.middlewares."+name+".compress", "true")},
			"service":         {Labels: routed("traefik.http.services."+name+".loadbalancer.server.port", "1")},
			"smoke test":      {Labels: web("bg.smoke."+name+".path", "/")},
			"release":         {Labels: web("bg.release", name)},
		} {
			if c.Ports = []int{80}; name == "" && what == "Compose service" {
				continue // the container's name stands in, and is tried above
			}
			s, err := Decode(c)
			if err == nil {
				t.Errorf("%s %q is taken: %+v", what, name, s)
				continue
			}
			for _, taken := range []string{s.App, string(s.Color), s.Service, s.Project} {
				if strings.ContainsAny(taken, "/\x00\n") || taken == ".." {
					t.Errorf("%s %q is left as %q", what, name, taken)
				}
			}
		}
	}
}

// Attack 8 of the bar: CR/LF in headers.
func TestHeadersAreOneLine(t *testing.T) {
	for _, key := range []string{
		"bg.smoke.home.header.X-A", "traefik.http.middlewares.m.headers.customrequestheaders.X-A", "traefik.http.middlewares.m.headers.customresponseheaders.X-A",
		"traefik.http.middlewares.m.Headers.contentSecurityPolicy", "traefik.http.services.web.loadbalancer.healthcheck.headers.X-A", "bg.preview.header",
	} {
		for _, value := range []string{"X=a\r\nSet-Cookie: b=c", "X=a\nSet-Cookie: b=c", "X=a\r", "X=a\n"} {
			labels := routed("bg.smoke.home.path", "/")
			labels[key] = value
			wantError(t, Container{Name: "c1", Labels: labels, Ports: []int{80}}, key)
		}
	}
}
