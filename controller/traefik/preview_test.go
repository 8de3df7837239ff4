package traefik

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/labels"
)

// next returns shop's route with a preview of green, and routers by name, each
// with a priority, a rule and a service.
func next(p labels.Preview, routers ...[4]string) *rollout.Route {
	web := labels.Service{Name: "web", Port: 8080, Scheme: "http"}
	green := backend(labels.Green, 0, web, "10.0.0.2")
	green.Preview = p
	r := &rollout.Route{App: "shop", Source: labels.Blue, Services: []rollout.Service{
		{Name: "old", Backends: []rollout.Backend{backend(labels.Blue, 100, web, "10.0.0.1")}},
		{Name: "web", Backends: []rollout.Backend{backend(labels.Blue, 100, web, "10.0.0.1"), green}},
	}}
	for _, x := range routers {
		r.Routers = append(r.Routers, labels.Router{
			Name: x[0], Service: x[3], Options: quoted(fmt.Sprintf(`{"entryPoints":["web"],"priority":"%s","rule":"%s"}`, x[1], x[2])),
		})
	}
	return r
}

func TestThoseWhoKnowTheHeaderReachTheCandidate(t *testing.T) {
	r := next(labels.Preview{Header: "X-Preview=let=me:in"}, [4]string{"api", "30", "Host('a.test') && PathPrefix('/api')", "old"}, [4]string{"web", "-7", "Host('a.test')", "web"})
	file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	wantLines(t, file,
		// All above the app's own, in their order. Green has no service old.
		quoted(`"shop-web~preview":{"service":"shop-web-green","entryPoints":["web"],"priority":"31","rule":"(Host('a.test')) && Header('X-Preview', 'let=me:in')"}`),
		quoted(`"shop-api~preview":{"service":"shop-old","entryPoints":["web"],"priority":"32","rule":"(Host('a.test') && PathPrefix('/api')) && Header('X-Preview', 'let=me:in')"}`),
		quoted(`"shop-web":{"service":"shop-web","entryPoints":["web"],"priority":"-7","rule":"Host('a.test')"}`),
		`"shop-web":{"weighted":{"services":[{"name":"shop-web-blue","weight":100}]}}`,
		`"shop-web-green":{"loadBalancer":{"serversTransport":"bg","servers":[{"url":"http://10.0.0.2:8080"}]}}`)
	if strings.Contains(file, "~preview-host") {
		t.Errorf("a host in\n%s", file)
	}
}

func TestTheHeaderIsMatchedInTheRoutersOwnSyntax(t *testing.T) {
	r := next(labels.Preview{Header: "X=1"}, [4]string{"web", "7", "Host('a.test')", "web"})
	r.Routers[0].Options = strings.Replace(r.Routers[0].Options, "{", `{"ruleSyntax":"v2",`, 1)
	if file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil); !strings.Contains(file, quoted("Headers('X', '1')")) {
		t.Errorf("not in\n%s", file)
	}
}

func TestThoseWhoKnowTheHostReachAllOfTheSite(t *testing.T) {
	r := next(labels.Preview{Host: "Next.test"},
		[4]string{"api", "30", "Host('a.test') && PathPrefix('/api')", "old"},
		[4]string{"other", "40", "Host('longer.other.test')", "old"},
		[4]string{"web", "7", "Host('a.test')", "web"})
	file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	wantLines(t, file,
		quoted(`"shop-web~preview-host":{"service":"shop-web-green","entryPoints":["web"],"priority":"41","rule":"(Host('next.test')) && Host('next.test')"}`),
		quoted(`"shop-api~preview-host":{"service":"shop-old","entryPoints":["web"],"priority":"42","rule":"(Host('next.test') && PathPrefix('/api')) && Host('next.test')"}`))
	if strings.Contains(file, "shop-other~") || strings.Contains(file, "Header(") {
		t.Errorf("another site was moved to the host, and would have it alone:\n%s", file)
	}
}

func TestAHostThatHasUsersIsNoPreview(t *testing.T) {
	preview := func(host string) *rollout.Route {
		return next(labels.Preview{Host: host}, [4]string{"web", "7", "Host('a.test')", "web"})
	}
	other := next(labels.Preview{}, [4]string{"web", "7", "Host('b.test') || Host('next.test')", "web"})
	other.App = "zoo"
	rival := preview("next.test")
	rival.App = "zoo"
	for name, c := range map[string]struct {
		host string
		more []*rollout.Route
		why  string
	}{
		"the app's own":     {"A.test", nil, "router web of app shop names it"},
		"another app's":     {"next.test", []*rollout.Route{other}, "router web of app zoo names it"},
		"asked for by two":  {"next.test", []*rollout.Route{rival}, "app shop asks for it too"},
		"bg's own":          {markerHost, nil, "bg's own"},
		"nobody's, so open": {"free.test", []*rollout.Route{other}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			routing := &rollout.Routing{Routes: append([]*rollout.Route{preview(c.host)}, c.more...)}
			file := mustRender(t, routing, nil)
			if open := strings.Contains(file, "~preview"); open != (c.why == "") {
				t.Errorf("open: %t\n%s", open, file)
			}
			problems := Previews(routing)
			if c.why == "" {
				if len(problems) > 0 {
					t.Errorf("problems %+v", problems)
				}
				return
			}
			if len(problems) == 0 || problems[0].Severity != Warning || !strings.Contains(problems[0].Text, c.why) || !strings.Contains(problems[0].Text, "preview of app shop: host "+strings.ToLower(c.host)) {
				t.Errorf("problems %+v, want %q", problems, c.why)
			}
		})
	}
}

func TestARouterThatCannotBeNarrowedHasNoPreviewAndThatIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ priority, rule, want string }{
		"its rule is no expression":   {"7", "Host('a.test')) || (PathPrefix('/')", "the rule of router web cannot be read"},
		"its rule ends in a comment":  {"7", "Host('a.test') // of old", "the rule of router web cannot be narrowed"},
		"its priority is the highest": {fmt.Sprint(int64(math.MaxInt64 - 1000)), "Host('a.test')", "no priority above that of router web"},
	} {
		t.Run(name, func(t *testing.T) {
			routing := &rollout.Routing{Routes: []*rollout.Route{next(labels.Preview{Header: "X=secret", Host: "n.test"}, [4]string{"web", c.priority, c.rule, "web"})}}
			if file := mustRender(t, routing, nil); strings.Contains(file, "~preview") || strings.Contains(file, "secret") {
				t.Errorf("it is open:\n%s", file)
			}
			problems := Previews(routing)
			if len(problems) != 1 || !strings.Contains(problems[0].Text, c.want) {
				t.Errorf("problems %+v", problems)
			}
			if text := fmt.Sprint(problems); strings.Contains(text, "secret") {
				t.Errorf("the value is told: %s", text)
			}
		})
	}
}

func TestNoHeaderOrHostGetsOutOfItsQuotes(t *testing.T) {
	for _, p := range []labels.Preview{
		{Header: "X=1`) || PathPrefix(`/"}, {Header: "X`=1"}, {Header: "X"}, {Header: "X="}, {Header: "=1"}, {Header: "X=1\n"}, {Header: "X Y=1"},
		{Header: "X=" + strings.Repeat("1", 257)}, {Host: "n`) || Host(`a.test"}, {Host: "n test"}, {Host: "n.test\n"}, {Host: strings.Repeat("n", 300)},
	} {
		r := next(p, [4]string{"web", "7", "Host('a.test')", "web"})
		_, err := Render(&rollout.Routing{Routes: []*rollout.Route{r}}, nil)
		if e, ok := err.(*RouteError); !ok || strings.Contains(e.Error(), "X") {
			t.Errorf("%+v: %v", p, err)
		}
		if CheckRoute(r) == nil {
			t.Errorf("%+v: CheckRoute lets it pass", p)
		}
	}
}

func TestAPreviewWithoutServersIsNotThere(t *testing.T) {
	r := next(labels.Preview{Header: "X=1", Host: "n.test"}, [4]string{"web", "7", "Host('a.test')", "web"})
	r.Services[1].Backends[1].Servers = nil
	if file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil); strings.Contains(file, "~preview") || strings.Contains(file, "green") {
		t.Errorf("it is in\n%s", file)
	}
}
