package labels

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const rule = "traefik.http.routers.web.rule"

// routed returns labels with one router web of a short rule.
func routed(pairs ...string) map[string]string {
	return web(append([]string{rule, "Path(`/`)"}, pairs...)...)
}

func TestRouterLabelsBecomeCanonicalOptions(t *testing.T) {
	for name, c := range map[string]struct {
		pairs []string
		want  string
	}{
		"priority is the rule's bytes": {nil, "{\"priority\":\"9\",\"rule\":\"Path(`/`)\"}"},
		"zero means the default":       {[]string{"traefik.http.routers.web.priority", "0"}, "{\"priority\":\"9\",\"rule\":\"Path(`/`)\"}"},
		"priority of the user":         {[]string{"traefik.http.routers.web.priority", "-5"}, "{\"priority\":\"-5\",\"rule\":\"Path(`/`)\"}"},
		"any case":                     {[]string{"traefik.http.routers.web.ENTRYPOINTS", "web, b"}, "{\"entryPoints\":\"web, b\",\"priority\":\"9\",\"rule\":\"Path(`/`)\"}"},
		"tls alone":                    {[]string{"traefik.http.routers.web.tls", "true"}, "{\"priority\":\"9\",\"rule\":\"Path(`/`)\",\"tls\":\"true\"}"},
		"tls with options": {[]string{"traefik.http.routers.web.tls", "true", "traefik.http.routers.web.tls.certresolver", "le"},
			"{\"priority\":\"9\",\"rule\":\"Path(`/`)\",\"tls\":{\"certResolver\":\"le\"}}"},
		"a list of groups": {[]string{"traefik.http.routers.web.tls.domains[0].main", "a.b", "traefik.http.routers.web.tls.domains[0].sans", "c.b,d.b", "traefik.http.routers.web.tls.domains[1].main", "e.f"},
			"{\"priority\":\"9\",\"rule\":\"Path(`/`)\",\"tls\":{\"domains\":[{\"main\":\"a.b\",\"sans\":\"c.b,d.b\"},{\"main\":\"e.f\"}]}}"},
		"options of the future": {[]string{"traefik.http.routers.web.shadow.mode", "<x> & y", "traefik.http.routers.web.shadow.targets[0]", "a", "traefik.http.routers.web.shadow.targets[1]", "b"},
			"{\"priority\":\"9\",\"rule\":\"Path(`/`)\",\"shadow\":{\"mode\":\"<x> & y\",\"targets\":[\"a\",\"b\"]}}"},
	} {
		t.Run(name, func(t *testing.T) {
			h := mustDecode(t, routed(c.pairs...)).HTTP
			if diff := cmp.Diff([]Router{{Name: "web", Service: "web", Options: c.want}}, h.Routers); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReferencesAreQualifiedUnlessAnotherProviderHasThem(t *testing.T) {
	h := mustDecode(t, routed(
		"traefik.http.routers.web.middlewares", "auth, all,sso@docker",
		"traefik.http.middlewares.auth.basicauth.users", "a:b,c:d",
		"traefik.http.middlewares.all.chain.middlewares", "auth,gone",
		"traefik.http.middlewares.oops.errors.service", "pages-blue",
		"traefik.http.middlewares.oops.errors.status", "500-599",
		"traefik.http.middlewares.oops2.errors.service", "noop@internal",
	)).HTTP
	want := HTTP{
		Routers: []Router{{Name: "web", Service: "web", Options: "{\"middlewares\":[\"shop-auth\",\"shop-all\",\"sso@docker\"],\"priority\":\"9\",\"rule\":\"Path(`/`)\"}"}},
		Middlewares: []Object{
			{Name: "all", Options: `{"chain":{"middlewares":["shop-auth","shop-gone"]}}`},
			{Name: "auth", Options: `{"basicAuth":{"users":"a:b,c:d"}}`},
			{Name: "oops", Options: `{"errors":{"service":"shop-pages","status":"500-599"}}`},
			{Name: "oops2", Options: `{"errors":{"service":"noop@internal"}}`},
		},
		Services: []Service{{Name: "web", Port: 8080, Scheme: "http", Server: "{}", Options: "{}"}},
		Needs:    []string{"middleware gone", "service pages"},
		Claims:   []Claim{{Every, 9}},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
}

func TestMiddlewareOptionsPassWhole(t *testing.T) {
	for label, c := range map[string]struct{ value, want string }{
		"headers.customrequestheaders.X-Empty":  {"", `{"headers":{"customRequestHeaders":{"X-Empty":""}}}`},
		"headers.customrequestheaders.X.Dotted": {"v", `{"headers":{"customRequestHeaders":{"X":{"Dotted":"v"}}}}`},
		"compress":                              {"true", `{"compress":"true"}`},
		"ipallowlist.sourcerange":               {"10.0.0.0/8, ::1", `{"ipAllowList":{"sourceRange":"10.0.0.0/8, ::1"}}`},
		"errors.statusrewrites.500-503":         {"404", `{"errors":{"statusRewrites":{"500-503":"404"}}}`},
		"plugin.geo.lists[0].names":             {"a,b", `{"plugin":{"geo":{"lists":[{"names":"a,b"}]}}}`},
		"ratelimit.period":                      {"1m", `{"rateLimit":{"period":"1m"}}`},
		"replacepathregex.regex":                {"^/(.*)\n", `{"replacePathRegex":{"regex":"^/(.*)\n"}}`},
		"brandnew.depth":                        {"5", `{"brandnew":{"depth":"5"}}`},
	} {
		t.Run(label, func(t *testing.T) {
			h := mustDecode(t, web("traefik.http.middlewares.m."+label, c.value)).HTTP
			want := []Object{{Name: "m", Options: c.want}}
			if diff := cmp.Diff(want, h.Middlewares); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTraefikLabelsAreRefusedWithTheFix(t *testing.T) {
	for name, c := range map[string]struct{ key, value, want string }{
		"template":              {rule, "Host(`{{ env \"HOME\" }}`)", "template"},
		"raw list mark":         {"traefik.http.middlewares.m.plugin.p.x", "║24║a", "remove it"},
		"control character":     {rule, "Path(`/\x00`)", "control character"},
		"byte order mark":       {rule, "Path(`/\ufeff`)", "control character"},
		"line separator":        {rule, "Path(`/\u2028`)", "control character"},
		"broken UTF-8":          {rule, "Path(`/\xff`)", "broken UTF-8"},
		"tcp":                   {"traefik.tcp.routers.x.rule", "HostSNI(`*`)", "HTTP only"},
		"tls stores":            {"traefik.tls.stores.default.x", "y", "HTTP only"},
		"servers transports":    {"traefik.http.ServersTransports.x.insecureskipverify", "true", "routers.NAME.OPTION"},
		"an address":            {"traefik.http.services.web.loadbalancer.server.url", "http://169.254.169.254", "remove it"},
		"addresses":             {"traefik.http.services.web.loadbalancer.servers[0].url", "http://10.0.0.1", "remove it"},
		"weighted":              {"traefik.http.services.web.weighted.services[0].name", "x", "remove it"},
		"failover":              {"traefik.http.services.web.failover.service", "x", "remove it"},
		"parents":               {"traefik.http.routers.web.parentrefs", "x", "remove it"},
		"service middlewares":   {"traefik.http.services.web.middlewares", "x", "middlewares on routers"},
		"no rule":               {"traefik.http.routers.x.tls", "true", "traefik.http.routers.x.rule"},
		"a slip":                {"traefik.http.routers.web.entrypoint", "web", "did you mean entryPoints?"},
		"a priority in words":   {"traefik.http.routers.web.priority", "high", "whole number"},
		"a priority too high":   {"traefik.http.routers.web.priority", "9223372036854775807", "out of Traefik's range"},
		"a group with a value":  {"traefik.http.middlewares.m.headers", "true", "give the options in it"},
		"a value with options":  {rule + ".x", "y", "one value"},
		"a comma list indexed":  {"traefik.http.routers.web.entrypoints[0]", "web", "a list with commas"},
		"a list without index":  {"traefik.http.routers.web.tls.domains.main", "a", "domains[0].main"},
		"a group indexed":       {"traefik.http.routers.web.tls[0].options", "a", "remove the index"},
		"off and on":            {"traefik.http.routers.web.tls", "false", "remove one or the other"},
		"an empty middleware":   {"traefik.http.middlewares.n", "true", "defines nothing"},
		"a bad duration":        {"traefik.http.middlewares.m.ratelimit.period", "soon", "duration"},
		"a bad switch":          {"traefik.http.middlewares.m.headers.framedeny", "yes", "true or false"},
		"an indexed name":       {"traefik.http.routers.x[0].rule", "Path(`/`)", "remove the index"},
		"a name with a dash":    {"traefik.http.routers.-x.rule", "Path(`/`)", "no name"},
		"two references in one": {"traefik.http.routers.web.middlewares", "a,,b", "commas between names"},
		"odd provider":          {"traefik.http.routers.web.middlewares", "a@b@c", "name@provider"},
		"reference with a path": {"traefik.http.routers.web.service", "../x", "no name"},
		"a strange scheme":      {"traefik.http.services.web.loadbalancer.server.scheme", "ftp", "http, https, h2c"},
		"two spellings":         {"traefik.http.routers.Web.tls.options", "x", "in one way"},
		"mixed elements":        {"traefik.http.middlewares.m.plugin.p.l[0].a", "x", "mixes"},
		"a network":             {"traefik.docker.network", "a b", "network's name"},
	} {
		t.Run(name, func(t *testing.T) {
			labels := routed("traefik.http.routers.web.tls.certresolver", "le", "traefik.http.middlewares.m.plugin.p.l[1]", "x")
			labels[c.key] = c.value
			wantError(t, Container{Name: "c1", Labels: labels, Ports: []int{80}}, "container c1", c.want)
		})
	}
}

func TestOtherPartsOfTraefikAreIgnored(t *testing.T) {
	s := mustDecode(t, web("traefik.enable", "false", "traefik.tags", "x", "traefik.docker.lbswarm", "true", "traefik.docker.network", "front"))
	if diff := cmp.Diff(HTTP{}, s.HTTP); diff != "" {
		t.Error(diff)
	}
	if s.Network != "front" {
		t.Errorf("network %q", s.Network)
	}
}
