package compose

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bg/labels"
)

func TestLabelsTellTheKindsOfServices(t *testing.T) {
	p := mustLoad(t, services(
		"  web: {build: ., scale: 3, labels: {bg.enable: 'true'}, depends_on: {db: {condition: service_healthy}, jobs: {condition: service_started}}}",
		"  jobs: {image: j, labels: [bg.enable=1, bg.handover=exclusive]}",
		"  migrate: {image: m, labels: {bg.hook: expand}, depends_on: [db]}",
		"  off: {image: o, labels: {bg.enable: 'false'}}",
		"  db: {image: d}"))
	want := []Service{
		{Name: "db", Kind: Shared, Image: "d", Replicas: 1},
		{Name: "jobs", Kind: Colored, Image: "j", Replicas: 1, Exclusive: true},
		{Name: "migrate", Kind: Hook, Image: "m", Replicas: 1, Waits: map[string]string{"db": "service_started"}},
		{Name: "off", Kind: Shared, Image: "o", Replicas: 1},
		{Name: "web", Kind: Colored, Image: "shop-web", Build: true, Replicas: 3, Waits: map[string]string{"db": "service_healthy"}},
	}
	if diff := cmp.Diff(want, p.Services, cmpopts.IgnoreFields(Service{}, "Spec")); diff != "" {
		t.Error(diff)
	}
	if s, _ := p.service("migrate"); s.Spec.Hook != labels.HookExpand || s.Spec.App != "shop" {
		t.Errorf("%+v", s.Spec)
	}
}

func TestTheAppIsTheLabelsOrTheProjects(t *testing.T) {
	for _, c := range []struct{ name, web, api, app, want string }{
		{"shop", "", "", "shop", ""},
		{"my_shop", "bg.app: store,", "", "store", ""},
		{"my_shop", "", "", "", "bg.app=my-shop"},
		{"shop", "bg.app: a,", "bg.app: b,", "", "services api and web"},
		{"shop", "bg.app: A_B,", "", "", "service web: label bg.app"},
		{"shop-blue", "", "", "", "name it shop"},
	} {
		write(t, "compose.yaml", services(
			"  web: {image: w, labels: {"+c.web+" bg.enable: 'true'}}",
			"  api: {image: a, labels: {"+c.api+" bg.enable: 'true'}}"))
		p, err := Load(context.Background(), Options{Name: c.name})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v: %v", c, err)
			}
		} else if err != nil || p.App != c.app {
			t.Errorf("%+v: %v, %v", c, p, err)
		}
	}
}

func TestWhatCannotBeColoredIsRefusedWithTheFix(t *testing.T) {
	for text, want := range map[string]string{
		"  web: {image: w, labels: {bg.enable: 'yes'}}":        "give true or false",
		"  web-green: {image: w, labels: {bg.enable: 'true'}}": "rename it to web",
	} {
		write(t, "compose.yaml", services(text))
		if _, err := Load(context.Background(), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestBadLabelsAreNotesOfTheirService(t *testing.T) {
	p := mustLoad(t, services(
		"  web: {image: w, labels: {bg.enable: 'true', bg.soak: soon, bg.sokk: 5m}}",
		"  api: {image: a, expose: [1, 2], labels: {bg.enable: 'true', 'traefik.http.routers.a.rule': 'Path(`/`)'}}"))
	wantNote(t, p, Error, "web", "labels", `bg.soak="soon"`)
	wantNote(t, p, Error, "web", "labels", "did you mean bg.soak")
	wantNote(t, p, Error, "api", "labels", "ambiguous port")
	p = mustLoad(t, services(db))
	wantNote(t, p, Error, "", "services", "bg.enable=true")
}

func TestAPortThatOnlyTheImageMayTellIsAWarning(t *testing.T) {
	router := "'traefik.http.routers.a.rule': 'Path(`/`)'"
	p := mustLoad(t, services("  web: {image: w, labels: {bg.enable: 'true', "+router+"}}"))
	wantNote(t, p, Warning, "web", "port", "bg.port")
	wantNoNote(t, p, "web", "labels")
	if s, _ := p.service("web"); s.Spec.Port != 0 || s.Spec.HTTP.Services[0].Port != 0 || len(s.Spec.HTTP.Routers) != 1 {
		t.Errorf("%+v", s.Spec)
	}
	p = mustLoad(t, services("  web: {image: w, ports: ['80:8080'], labels: {bg.enable: 'true', "+router+"}}"))
	if s, _ := p.service("web"); s.Spec.Port != 8080 {
		t.Errorf("port %d", s.Spec.Port)
	}
}
