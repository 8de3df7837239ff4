package labels

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// web returns the labels of a service called web in the project shop-green,
// with more of them in pairs.
func web(pairs ...string) map[string]string {
	labels := map[string]string{
		"bg.enable":    "true",
		composeProject: "shop-green",
		composeService: "web",
	}
	for i := 0; i < len(pairs); i += 2 {
		labels[pairs[i]] = pairs[i+1]
	}
	return labels
}

// mustDecode decodes a container that listens on 8080.
func mustDecode(t *testing.T, labels map[string]string) Spec {
	t.Helper()
	s, err := Decode(Container{Name: "c1", Labels: labels, Ports: []int{8080}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wantError decodes labels that must be refused with each of the words.
func wantError(t *testing.T, c Container, words ...string) {
	t.Helper()
	_, err := Decode(c)
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q lacks %q", err, word)
		}
	}
}

func TestDecodeFillsInEveryDefault(t *testing.T) {
	got := mustDecode(t, web("traefik.http.routers.web.rule", "Host(`a.example`)"))
	want := Spec{
		App: "shop", Color: Green, Service: "web", Port: 8080,
		Promote:  Auto,
		Canary:   Canary{Interval: time.Minute},
		Soak:     5 * time.Minute,
		Judge:    Judge{Enable: true, Status: StatusRange{500, 599}, Alpha: 0.01, Thin: ThinExtend},
		Drain:    10 * time.Second,
		Deadline: 10 * time.Minute,
		Retire:   Stop,
		Health: Health{
			Interval: time.Second, Timeout: 2 * time.Second,
			Status: StatusRange{200, 399}, Failures: 3,
		},
		Failover: true,
		Handover: Overlap,
		Project:  "shop-green",
		HTTP: HTTP{
			Routers:  []Router{{Name: "web", Service: "web", Options: "{\"priority\":\"17\",\"rule\":\"Host(`a.example`)\"}"}},
			Services: []Service{{Name: "web", Port: 8080, Scheme: "http", Server: "{}", Options: "{}"}},
			Claims:   []Claim{{"a.example", 17}},
		},
		Claims: []Claim{{"a.example", 17}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheHealthCheckHasAPortToAsk(t *testing.T) {
	router := []string{"traefik.http.routers.web.rule", "Host(`a.example`)"}
	for name, tt := range map[string]struct {
		labels []string
		ports  []int
		want   int
	}{
		"the router's":         {append(router, "traefik.http.services.web.loadbalancer.server.port", "81"), []int{8080}, 81},
		"the label's":          {[]string{"bg.port", "9000"}, []int{8080}, 9000},
		"the only exposed one": {nil, []int{8080, 8080}, 8080},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Decode(Container{Name: "c1", Labels: web(append(tt.labels, "bg.health.path", "/up")...), Ports: tt.ports})
			if err != nil || !s.Health.Set || s.Port != tt.want {
				t.Errorf("set %v, port %d, %v; want port %d", s.Health.Set, s.Port, err, tt.want)
			}
		})
	}
	for _, ports := range [][]int{nil, {80, 81}} {
		wantError(t, Container{Name: "c1", Labels: web("bg.health.path", "/up"), Ports: ports}, "container c1: label bg.health.path", "give label bg.port")
	}
	if s := mustDecode(t, web("bg.hook", "expand", "bg.health.path", "/up")); s.Port != 0 {
		t.Errorf("a hook, which nobody asks, got port %d", s.Port)
	}
	if s := mustDecode(t, web("bg.soak", "1m")); s.Health.Set || s.Port != 0 {
		t.Errorf("without the labels: set %v, port %d", s.Health.Set, s.Port)
	}
}

func TestEnabledIsTrueForTrueAndForWhatIsNoBool(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "1": true, "false": false, "yes": true, "": true} {
		if got := Enabled(map[string]string{"bg.enable": value}); got != want {
			t.Errorf("bg.enable=%q: %v", value, got)
		}
	}
	if Enabled(map[string]string{"traefik.enable": "true"}) {
		t.Error("enabled without bg.enable")
	}
}

func TestIdentityComesFromLabelsThenProjectThenService(t *testing.T) {
	type identity struct {
		App     string
		Color   Color
		Service string
	}
	for name, c := range map[string]struct {
		container Container
		want      identity
	}{
		"project suffix":        {Container{Labels: map[string]string{composeProject: "shop-blue", composeService: "web"}}, identity{"shop", Blue, "web"}},
		"underscore":            {Container{Labels: map[string]string{composeProject: "shop_green", composeService: "web"}}, identity{"shop", Green, "web"}},
		"service suffix":        {Container{Labels: map[string]string{composeProject: "shop", composeService: "web-green"}}, identity{"shop", Green, "web"}},
		"project before it":     {Container{Labels: map[string]string{composeProject: "shop-blue", composeService: "web-green"}}, identity{"shop", Blue, "web"}},
		"labels before both":    {Container{Labels: map[string]string{composeProject: "shop-blue", composeService: "web", "bg.app": "x", "bg.color": "green"}}, identity{"x", Green, "web"}},
		"without Compose":       {Container{Name: "/api-blue", Labels: map[string]string{"bg.app": "x"}}, identity{"x", Blue, "api"}},
		"suffix on suffix":      {Container{Labels: map[string]string{composeProject: "shop-blue", composeService: "web-green_blue"}}, identity{"shop", Blue, "web"}},
		"color alone is a name": {Container{Labels: map[string]string{composeProject: "shop-blue", composeService: "blue"}}, identity{"shop", Blue, "blue"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Decode(c.container)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, identity{s.App, s.Color, s.Service}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadLabelsStillTellWhichColorTheySpoil(t *testing.T) {
	s, err := Decode(Container{Name: "c1", Labels: web("bg.port", "http", "bg.oops", "1")})
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(Spec{App: "shop", Color: Green, Service: "web", Project: "shop-green"}, s); diff != "" {
		t.Error(diff)
	}
}

func TestIdentityThatCannotBeToldIsAnErrorWithTheFix(t *testing.T) {
	wantError(t, Container{Name: "c1", Labels: map[string]string{composeProject: "shop", composeService: "web"}}, "container c1", "bg.color=blue")
	wantError(t, Container{Name: "c1", Labels: map[string]string{"bg.color": "blue"}}, "bg.app")
	wantError(t, Container{Name: "c1", Labels: map[string]string{composeProject: "My_Shop-blue"}}, `"My_Shop"`, "bg.app")
	wantError(t, Container{Name: "../x", Labels: map[string]string{composeProject: "shop-blue"}}, `"../x"`, "rename")
	wantError(t, Container{Name: "c1", Labels: web("bg.color", "red")}, `bg.color="red"`, "blue, green")
}

func TestPortIsFoundAsTheTableSays(t *testing.T) {
	rule := []string{"traefik.http.routers.web.rule", "Path(`/`)"}
	for name, c := range map[string]struct {
		labels map[string]string
		ports  []int
		want   int
		err    string
	}{
		"bg.port":                    {web(append(rule, "bg.port", "81")...), []int{80, 443}, 81, ""},
		"server.port":                {web(append(rule, "traefik.http.services.web.loadbalancer.server.port", "82")...), []int{80, 443}, 82, ""},
		"both the same":              {web(append(rule, "bg.port", "82", "traefik.http.services.web.loadbalancer.server.port", "82")...), nil, 82, ""},
		"both at odds":               {web(append(rule, "bg.port", "81", "traefik.http.services.web.loadbalancer.server.port", "82")...), nil, 0, "bg.port says 81"},
		"the only exposed":           {web(rule...), []int{80}, 80, ""},
		"exposed twice over":         {web(rule...), []int{80, 80}, 80, ""},
		"several exposed":            {web(rule...), []int{443, 80}, 0, "ambiguous port: 2 are exposed (80, 443)"},
		"none exposed":               {web(rule...), nil, 0, "bg.port"},
		"a worker":                   {web(), []int{80, 443}, 0, ""},
		"a worker with a port":       {web("bg.port", "9000"), nil, 9000, ""},
		"out of range":               {web("bg.port", "65536"), nil, 0, "1 to 65535"},
		"server.port no number":      {web(append(rule, "traefik.http.services.web.loadbalancer.server.port", "web")...), nil, 0, "1 to 65535"},
		"foreign service needs none": {web(append(rule, "traefik.http.routers.web.service", "api@internal")...), nil, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			container := Container{Name: "c1", Labels: c.labels, Ports: c.ports}
			if c.err != "" {
				wantError(t, container, c.err)
				return
			}
			s, err := Decode(container)
			if err != nil {
				t.Fatal(err)
			}
			if s.Port != c.want {
				t.Errorf("port %d, want %d", s.Port, c.want)
			}
		})
	}
}
