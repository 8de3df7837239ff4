package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"bg/e2e/internal/stack"
)

// sample is labels of Traefik's own, and requests that tell what they do. HOST
// stands for the sample's own host and NAME for its name; without a rule, it gets
// one router NAME with Host(`HOST`).
type sample struct {
	name   string
	labels []string // key=value after "traefik.http."
	probes []probe
}

var samples = []sample{
	{"plain", nil, []probe{
		{path: "/request/a?b=c", want: []string{"200", "GET /request/a?b=c", "Host: HOST"}},
		{method: "POST", path: "/echo", body: "hello", want: []string{"200", " 5"}},
		{host: "nobody.test", want: []string{"404"}},
	}},
	{"pathprefix", []string{
		"routers.NAME.rule=Host(`HOST`) && PathPrefix(`/api`)",
		"routers.NAME.middlewares=NAME-strip",
		"middlewares.NAME-strip.stripprefix.prefixes=/api, /other",
	}, []probe{
		{path: "/api/request/x", want: []string{"200", "GET /request/x", "X-Forwarded-Prefix: /api"}},
		{path: "/request/x", want: []string{"404"}},
	}},
	{"addprefix", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.addprefix.prefix=/request"}, []probe{
		{path: "/x", want: []string{"200", "GET /request/x"}},
	}},
	{"replacepathregex", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.replacepathregex.regex=^/old/(.*)",
		"middlewares.NAME.replacepathregex.replacement=/request/$1",
	}, []probe{{path: "/old/x", want: []string{"200", "GET /request/x", "X-Replaced-Path: /old/x"}}}},
	{"basicauth", []string{
		"routers.NAME.middlewares=NAME",
		"middlewares.NAME.basicauth.users=test:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/,test2:$apr1$d9hr9HBB$4HxwgUir3HP4EsggP/QNo0",
		"middlewares.NAME.basicauth.realm=the realm", "middlewares.NAME.basicauth.removeheader=true",
	}, []probe{
		{want: []string{"401", `Basic realm="the realm"`}},
		{path: "/request/", header: []string{"Authorization: Basic dGVzdDp0ZXN0"}, want: []string{"200", "GET /request/"}},
		{header: []string{"Authorization: Basic dGVzdDI6dGVzdDI="}, want: []string{"200"}},
		{header: []string{"Authorization: Basic dGVzdDp3cm9uZw=="}, want: []string{"401"}},
	}},
	{"headers", []string{
		"routers.NAME.middlewares=NAME",
		"middlewares.NAME.headers.customrequestheaders.X-In=in, and more",
		"middlewares.NAME.headers.customrequestheaders.X-Gone=",
		"middlewares.NAME.headers.customresponseheaders.X-Out=out",
		"middlewares.NAME.headers.customresponseheaders.X-Color=",
		"middlewares.NAME.headers.framedeny=true", "middlewares.NAME.headers.stsseconds=0",
		"middlewares.NAME.headers.accesscontrolalloworiginlist=https://a.test,https://b.test",
		"middlewares.NAME.headers.accesscontrolallowmethods=GET,PUT",
		"middlewares.NAME.headers.accesscontrolmaxage=100", "middlewares.NAME.headers.addvaryheader=true",
	}, []probe{
		{
			path: "/request/", header: []string{"X-Gone: here", "Origin: https://b.test"},
			want: []string{"200", "Access-Control-Allow-Origin: https://b.test", "X-Frame-Options: DENY", "X-Out: out", "X-In: in, and more"},
		},
		{method: "OPTIONS", header: []string{"Origin: https://a.test", "Access-Control-Request-Method: PUT"}, want: []string{"200", "Access-Control-Max-Age: 100"}},
	}},
	{"chain", []string{
		"routers.NAME.middlewares=NAME-chain", "middlewares.NAME-chain.chain.middlewares=NAME-one,NAME-two",
		"middlewares.NAME-one.headers.customrequestheaders.X-One=1", "middlewares.NAME-two.stripprefix.prefixes=/two",
	}, []probe{{path: "/two/request/", want: []string{"200", "GET /request/", "X-One: 1"}}}},
	{"redirectscheme", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.redirectscheme.scheme=https",
		"middlewares.NAME.redirectscheme.permanent=true", "middlewares.NAME.redirectscheme.port=8443",
	}, []probe{{path: "/x?y=z", want: []string{"301", "Location: https://HOST:8443/x?y=z"}}}},
	{"redirectregex", []string{
		"routers.NAME.middlewares=NAME", `middlewares.NAME.redirectregex.regex=^http://([^/]+)/old/(.*)$`,
		"middlewares.NAME.redirectregex.replacement=http://${1}/new/${2}",
	}, []probe{
		{path: "/old/x", want: []string{"302", "Location: http://HOST/new/x"}},
		{path: "/other", want: []string{"200"}},
	}},
	{"priority", []string{
		"routers.NAME-long.rule=Host(`HOST`) && PathPrefix(`/request/`) && (Method(`GET`) || Method(`HEAD`))",
		"routers.NAME-long.middlewares=NAME-long",
		"middlewares.NAME-long.headers.customrequestheaders.X-Router=long",
		"routers.NAME-short.rule=Host(`HOST`)", "routers.NAME-short.middlewares=NAME-short",
		"middlewares.NAME-short.headers.customrequestheaders.X-Router=short",
		"routers.NAME-high.rule=Host(`HOST`) && PathPrefix(`/request/h`)", "routers.NAME-high.priority=1000",
		"routers.NAME-high.middlewares=NAME-high",
		"middlewares.NAME-high.headers.customrequestheaders.X-Router=high",
	}, []probe{
		{path: "/request/a", want: []string{"200", "X-Router: long"}},
		{path: "/request/high", want: []string{"200", "X-Router: high"}},
		{method: "POST", path: "/request/a", want: []string{"200", "X-Router: short"}},
	}},
	{"rules", []string{
		"routers.NAME-a.rule=Host(`a.HOST`) && PathRegexp(`^/request/[0-9]+$`)",
		"routers.NAME-b.rule=Host(`b.HOST`) && Query(`mobile`, `true`)",
		"routers.NAME-c.rule=Host(`c.HOST`) && HeaderRegexp(`X-Kind`, `^(one|two)$`)",
		"routers.NAME-d.rule=Host(`d.HOST`) && (Method(`PUT`) || Header(`X-As`, `put`))",
		"routers.NAME-e.rule=HostRegexp(`^[a-z]+\\.e\\.HOST$`) && !Path(`/request/no`)",
		"routers.NAME-f.rule=Host(`f.HOST`) && (ClientIP(`10.0.0.0/8`) || ClientIP(`172.16.0.0/12`) || ClientIP(`192.168.0.0/16`) || ClientIP(`127.0.0.1`))",
		"routers.NAME-g.rule=(Host(`g.HOST`) || Host(`h.HOST`)) && QueryRegexp(`n`, `^[0-9]{1,3}$`)",
	}, []probe{
		{host: "a.HOST", path: "/request/12", want: []string{"200", "GET /request/12"}},
		{host: "a.HOST", path: "/request/x", want: []string{"404"}},
		{host: "b.HOST", path: "/?mobile=true", want: []string{"200"}},
		{host: "b.HOST", path: "/?mobile=no", want: []string{"404"}},
		{host: "c.HOST", header: []string{"X-Kind: two"}, want: []string{"200"}},
		{host: "c.HOST", header: []string{"X-Kind: twotwo"}, want: []string{"404"}},
		{host: "d.HOST", method: "PUT", path: "/request/", want: []string{"200"}},
		{host: "d.HOST", header: []string{"X-As: put"}, want: []string{"200"}},
		{host: "d.HOST", want: []string{"404"}},
		{host: "any.e.HOST", want: []string{"200"}},
		{host: "any.e.HOST", path: "/request/no", want: []string{"404"}},
		{host: "f.HOST", want: []string{"200"}},
		{host: "h.HOST", path: "/?n=123", want: []string{"200"}},
		{host: "g.HOST", path: "/?n=1234", want: []string{"404"}},
	}},
	{"routers", []string{
		"routers.NAME-a.rule=Host(`a.HOST`)", "routers.NAME-a.entrypoints=web,websecure",
		"routers.NAME-b.rule=Host(`b.HOST`)", "routers.NAME-b.entrypoints=websecure", "routers.NAME-b.tls=true",
	}, []probe{
		{host: "a.HOST", want: []string{"200"}},
		{host: "b.HOST", want: []string{"404"}},
		{host: "b.HOST", path: "/request/", tls: true, want: []string{"200", "X-Forwarded-Proto: https"}},
	}},
	{"services", []string{
		"routers.NAME-a.rule=Host(`a.HOST`)", "routers.NAME-a.service=NAME-a",
		"routers.NAME-b.rule=Host(`b.HOST`)", "routers.NAME-b.service=NAME-b",
		"services.NAME-a.loadbalancer.server.port=8080", "services.NAME-b.loadbalancer.server.port=9",
	}, []probe{
		{host: "a.HOST", want: []string{"200"}},
		{host: "b.HOST", want: []string{"502"}},
	}},
	{"sticky", []string{
		"services.NAME.loadbalancer.sticky.cookie.name=lb", "services.NAME.loadbalancer.sticky.cookie.httponly=true",
		"services.NAME.loadbalancer.sticky.cookie.samesite=lax", "services.NAME.loadbalancer.sticky.cookie.maxage=60",
		"services.NAME.loadbalancer.server.port=8080",
	}, []probe{{want: []string{"200", "Set-Cookie: lb=..."}}}},
	{"passhostheader", []string{
		"services.NAME.loadbalancer.passhostheader=false", "services.NAME.loadbalancer.server.port=8080",
	}, []probe{{path: "/request/", want: []string{"200", "Host: ", ":8080", "X-Forwarded-Host: HOST"}}}},
	{"compress", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.compress.minresponsebodybytes=1",
		"middlewares.NAME.compress.encodings=gzip,br",
	}, []probe{
		{path: "/request/", header: []string{"Accept-Encoding: gzip"}, want: []string{"200", "Content-Encoding: gzip"}},
		{path: "/request/", want: []string{"200", "GET /request/"}},
	}},
	{"compressed", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.compress=true"}, []probe{
		{path: "/request/", header: []string{"Accept-Encoding: gzip", "X-Long: " + strings.Repeat("long ", 400)}, want: []string{"200", "Content-Encoding: gzip"}},
	}},
	{"ratelimit", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.ratelimit.average=1", "middlewares.NAME.ratelimit.period=1h",
		"middlewares.NAME.ratelimit.burst=2", "middlewares.NAME.ratelimit.sourcecriterion.requestheadername=X-Who",
	}, []probe{
		{header: []string{"X-Who: ann"}, times: 4, want: []string{"200", "200", "429", "429"}},
		{header: []string{"X-Who: bob"}, want: []string{"200"}},
	}},
	{"inflight", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.inflightreq.amount=10"}, []probe{{want: []string{"200"}}}},
	{"ipallow", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.ipallowlist.sourcerange=0.0.0.0/0, ::/0"}, []probe{{want: []string{"200"}}}},
	{"ipdeny", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.ipallowlist.sourcerange=203.0.113.7/32,203.0.113.8"}, []probe{{want: []string{"403"}}}},
	{"ipdepth", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.ipallowlist.sourcerange=203.0.113.0/24",
		"middlewares.NAME.ipallowlist.ipstrategy.excludedips=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
		"middlewares.NAME.ipallowlist.rejectstatuscode=404",
	}, []probe{{want: []string{"404"}}}},
	{"buffering", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.buffering.maxrequestbodybytes=4"}, []probe{
		{method: "POST", path: "/echo", body: "abc", want: []string{"200"}},
		{method: "POST", path: "/echo", body: "abcdef", want: []string{"413"}},
	}},
	{"retry", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.retry.attempts=2", "middlewares.NAME.retry.initialinterval=10ms"}, []probe{{want: []string{"200"}}}},
	{"breaker", []string{"routers.NAME.middlewares=NAME", "middlewares.NAME.circuitbreaker.expression=NetworkErrorRatio() > 0.30 || LatencyAtQuantileMS(50.0) > 10000"}, []probe{{want: []string{"200"}}}},
	{"errors", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.errors.status=400-404,500-599",
		"middlewares.NAME.errors.query=/request/{status}", "middlewares.NAME.errors.service=NAME-pages",
		"services.NAME.loadbalancer.server.port=8080", "services.NAME-pages.loadbalancer.server.port=8080",
		"routers.NAME.service=NAME",
	}, []probe{
		{path: "/control?mode=none", want: []string{"400", "GET /request/400"}},
		{path: "/", want: []string{"200"}},
	}},
	{"forwardauth", []string{
		"routers.NAME.middlewares=NAME", "middlewares.NAME.forwardauth.address=http://AUTH:8080/request/",
		"middlewares.NAME.forwardauth.authresponseheaders=X-Color,X-Version",
	}, []probe{{path: "/request/me", want: []string{"200", "GET /request/me", "X-Version: v1"}}}},
	{"tls", []string{
		"routers.NAME.rule=Host(`HOST`)", "routers.NAME.tls=true", "routers.NAME.entrypoints=websecure",
	}, []probe{
		{tls: true, path: "/request/", want: []string{"200", "X-Forwarded-Proto: https"}},
		{want: []string{"404"}},
	}},
	{"healthy", []string{
		"services.NAME.loadbalancer.server.port=8080", "services.NAME.loadbalancer.healthcheck.path=/healthz",
		"services.NAME.loadbalancer.healthcheck.interval=500ms", "services.NAME.loadbalancer.healthcheck.headers.X-Check=yes",
	}, []probe{{want: []string{"200"}}}},
	{"responseforwarding", []string{
		"services.NAME.loadbalancer.server.port=8080", "services.NAME.loadbalancer.responseforwarding.flushinterval=10ms",
		"services.NAME.loadbalancer.server.scheme=http", "services.NAME.loadbalancer.server.weight=3",
	}, []probe{{want: []string{"200"}}}},
}

func TestLabelsDoWhatTheyDoWithTraefiksOwnDockerProvider(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	var services []stack.Service
	const each = 8 // samples of one container
	var all map[string]string
	for i, x := range samples {
		if i%each == 0 {
			all = map[string]string{"e2e.parity": a.name}
			services = append(services, stack.Service{Name: string('a' + rune(i/each)), Labels: all})
		}
		maps.Copy(all, x.full(a, services[len(services)-1].Name))
	}
	// One with a health check of Traefik's that fails.
	services = append(services, stack.Service{Name: "sick", Labels: map[string]string{
		"e2e.parity":                     a.name,
		"traefik.http.routers.sick.rule": "Host(`sick." + a.host + "`)",
		"traefik.http.services.sick.loadbalancer.server.port":          "8080",
		"traefik.http.services.sick.loadbalancer.healthcheck.path":     "/control?mode=none",
		"traefik.http.services.sick.loadbalancer.healthcheck.interval": "200ms",
		"traefik.http.services.sick.loadbalancer.healthcheck.timeout":  "100ms",
	}})
	c := comparison{t: t, own: ownTraefik(t, s, a.name), ours: proxy{name: "bg", http: s.HTTPPort, https: s.HTTPSPort}}
	a.release(blue, "v1", func(r *stack.Release) { r.Host, r.Services = "", services })
	a.await("blue serves", serves(blue))
	for _, x := range services[:len(services)-1] {
		c.agree(t, probe{host: x.Name + "." + a.host}, "200")
	}
	calm(t, s)
	for _, x := range samples {
		t.Run(x.name, func(t *testing.T) {
			for _, p := range x.probes {
				c.same(t, p.of(x, a))
			}
		})
	}
	t.Run("sick", func(t *testing.T) { c.agree(t, probe{host: "sick." + a.host}, "503") })
}

// full returns the labels with their prefix and a router where none is given. All
// samples of a container lead to its service unless they name their own.
func (x sample) full(a *app, container string) map[string]string {
	labels := map[string]string{}
	has := func(part string) bool {
		return slices.ContainsFunc(x.labels, func(l string) bool { return strings.HasPrefix(l, part) })
	}
	for _, l := range x.labels {
		key, value, _ := strings.Cut(x.fill(l, a), "=")
		labels["traefik.http."+key] = value
	}
	if !slices.ContainsFunc(x.labels, func(l string) bool { return strings.Contains(l, ".rule=") }) {
		labels["traefik.http.routers."+x.name+".rule"] = "Host(`" + x.name + "." + a.host + "`)"
	}
	service := container
	if has("services.NAME.") {
		service = x.name
	}
	for key := range maps.Clone(labels) {
		if router, found := strings.CutSuffix(key, ".rule"); found && labels[router+".service"] == "" {
			labels[router+".service"] = service
		}
	}
	labels["traefik.http.services."+container+".loadbalancer.server.port"] = "8080"
	labels["traefik.http.routers."+container+".rule"] = "Host(`" + container + "." + a.host + "`)"
	labels["traefik.http.routers."+container+".service"] = container
	return labels
}

func (x sample) fill(text string, a *app) string {
	return strings.NewReplacer("NAME", x.name, "HOST", x.name+"."+a.host, "AUTH", a.name+"-blue-a-1").Replace(text)
}

// of fills in the sample's names.
func (p probe) of(x sample, a *app) probe {
	if p.host == "" {
		p.host = "HOST"
	}
	p.host, p.path = x.fill(p.host, a), x.fill(p.path, a)
	want := make([]string, len(p.want))
	for i, text := range p.want {
		want[i] = x.fill(text, a)
	}
	p.want = want
	return p
}
