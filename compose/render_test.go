package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

func TestARenderingNeedsAColor(t *testing.T) {
	if _, err := mustLoad(t, services(web)).Render(Target{Color: "red"}); err == nil || !strings.Contains(err.Error(), "red") {
		t.Error(err)
	}
}

func TestContainersKnowWhatTheyAre(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, environment: {A: b, BG_COLOR: x}, labels: {bg.enable: '1', bg.app: store, bg.color: blue, bg.release: 0-0, own: l}}"))
	s := green(t, p).Services["web-green"]
	env := map[string]string{}
	for name, value := range s.Environment {
		env[name] = *value
	}
	if diff := cmp.Diff(map[string]string{"A": "b", "BG_APP": "store", "BG_COLOR": "green", "BG_RELEASE": "1-aa"}, env); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"bg.enable": "true", "bg.app": "store", "bg.color": "green", "bg.release": "1-aa", "bg.network": "bg", "own": "l"}
	if diff := cmp.Diff(want, map[string]string(s.Labels)); diff != "" {
		t.Error(diff)
	}
	wantNote(t, p, Info, "web", "labels", "bg.color")
	if s := reload(t, p, Target{Color: labels.Blue}).Services["web-blue"]; s.Labels["bg.release"] != "" || s.Environment["BG_RELEASE"] != nil {
		t.Errorf("without a release: %v %v", s.Labels, s.Environment)
	}
}

func TestTheImageIsTheGivenOneOrTheUsers(t *testing.T) {
	p := mustLoad(t, services("  web: {build: ., labels: {bg.enable: 'true'}}", api))
	m := reload(t, p, Target{Color: labels.Green, Images: map[string]string{"api": "a@1"}})
	if w, a := m.Services["web-green"], m.Services["api-green"]; w.Image != "shop-web" || w.Build == nil || a.Image != "a@1" {
		t.Errorf("%q %v %q", w.Image, w.Build, a.Image)
	}
}

func TestDollarsComeThroughAsTheyWere(t *testing.T) {
	t.Setenv("PRICE", "1$A")
	p := mustLoad(t, services("  web: {image: w, command: ['echo', '$$HOME', '$${X:-y}', '$PRICE'], environment: {P: '$$$$'}, labels: {bg.enable: 'true', l: 'a$$b'}}"))
	s := green(t, p).Services["web-green"]
	if diff := cmp.Diff([]string{"echo", "$HOME", "${X:-y}", "1$A"}, []string(s.Command)); diff != "" {
		t.Error(diff)
	}
	if *s.Environment["P"] != "$$" || s.Labels["l"] != "a$b" {
		t.Errorf("%q %q", *s.Environment["P"], s.Labels["l"])
	}
}

func TestHooksRunOnceAndStoppedColorsStayStopped(t *testing.T) {
	p := mustLoad(t, services(
		"  m: {image: m, restart: always, deploy: {restart_policy: {condition: any}}, labels: {bg.hook: expand}}",
		"  web: {image: w, restart: always, labels: {bg.enable: 'true'}}",
		"  api: {image: a, deploy: {restart_policy: {condition: any, max_attempts: 3}}, labels: {bg.enable: 'true'}}",
		"  cli: {image: c, restart: 'on-failure:3', labels: {bg.enable: 'true'}}"))
	m := green(t, p).Services
	if s := m["m-green"]; s.Restart != "no" || s.Deploy.RestartPolicy != nil {
		t.Errorf("hook: %s %v", s.Restart, s.Deploy)
	}
	if m["web-green"].Restart != "unless-stopped" || m["api-green"].Deploy.RestartPolicy.Condition != "unless-stopped" || m["cli-green"].Restart != "on-failure:3" {
		t.Errorf("%s %v %s", m["web-green"].Restart, m["api-green"].Deploy.RestartPolicy, m["cli-green"].Restart)
	}
	wantNote(t, p, Info, "web", "restart", "unless-stopped")
}

func TestProfilesAreResolvedAndOnlyWhatIsUsedStays(t *testing.T) {
	t.Setenv("COMPOSE_PROFILES", "x")
	write(t, "compose.yaml", services(
		"  web: {image: w, profiles: [x], configs: [c], secrets: [s], labels: {bg.enable: 'true'}}",
		"  off: {image: o, profiles: [y], labels: {bg.enable: 'true'}}",
		"  db: {image: d, configs: [other]}")+
		"configs: {c: {content: 'a$$b'}, other: {content: x}}\nsecrets: {s: {environment: TOKEN}, t: {file: ./t}}\nx-own: {a: b}\n")
	t.Setenv("COMPOSE_PROFILES", "x")
	t.Setenv("TOKEN", "hunter2")
	p, err := Load(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := green(t, p)
	if diff := cmp.Diff([][]string{{"web-green"}, {"c"}, {"s"}}, [][]string{names(m.Services), names(m.Configs), names(m.Secrets)}); diff != "" {
		t.Error(diff)
	}
	if len(m.Services["web-green"].Profiles) > 0 || m.Configs["c"].Content != "a$b" || len(m.Extensions) > 0 {
		t.Errorf("%+v", m)
	}
	data, _ := p.Render(Target{Color: labels.Green})
	if strings.Contains(string(data), "hunter2") {
		t.Error("a secret of the environment is in the rendered file")
	}
	if diff := cmp.Diff([]string{"TOKEN=hunter2"}, p.secrets()); diff != "" {
		t.Error(diff)
	}
}

func TestPreStartContainersAreNoneOfTheApps(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, volumes: ['data:/d'], pre_start: [{command: [init]}, {image: other, command: [x], volumes: ['more:/m']}], labels: {bg.enable: 'true', bg.soak: 1m}}")+
		"volumes: {data: , more: }")
	m := reload(t, p, Target{Color: labels.Green, Images: map[string]string{"web": "w@1"}})
	h := m.Services["web-green"].PreStart
	if len(h) != 2 || h[0].Image != "w@1" || h[1].Image != "other" || h[0].Labels["bg.enable"] != "false" || *h[0].Environment["BG_COLOR"] != "green" {
		t.Errorf("%+v", h)
	}
	if m.Volumes["more"].Name != "shop_more" {
		t.Errorf("%v", m.Volumes)
	}
	wantNote(t, p, Info, "web", "pre_start", "each color")
}

func TestImageContextsOfOtherServicesAreTheColors(t *testing.T) {
	p := mustLoad(t, services("  base: {build: .}", "  api: {build: ., labels: {bg.enable: 'true'}}",
		"  web: {build: {context: ., additional_contexts: {a: 'service:api', b: 'service:base', c: ./c}}, labels: {bg.enable: 'true'}}"))
	got := green(t, p).Services["web-green"].Build.AdditionalContexts
	if len(got) != 2 || got["a"] != "service:api-green" {
		t.Errorf("%v", got)
	}
}
