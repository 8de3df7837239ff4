package compose

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDependenciesStayInsideTheColor(t *testing.T) {
	p := mustLoad(t, services(api, db, worker, "  gone: {image: g, profiles: [never]}",
		"  migrate: {image: m, labels: {bg.hook: expand}, depends_on: [api]}",
		"  check: {image: c, labels: {bg.hook: smoke}, depends_on: [api]}",
		"  warm: {image: x, labels: {bg.enable: 'true'}}",
		"  web: {image: w, labels: {bg.enable: 'true'}, depends_on: {api: {condition: service_healthy, restart: true}, db: {condition: service_healthy}, worker: {condition: service_started}, migrate: {condition: service_completed_successfully}, check: {condition: service_started}, warm: {condition: service_completed_successfully}, gone: {condition: service_started, required: false}}}"))
	m := green(t, p)
	on := m.Services["web-green"].DependsOn
	if diff := cmp.Diff([]string{"api-green", "warm-green"}, names(on)); diff != "" {
		t.Error(diff)
	}
	if d := on["api-green"]; d.Condition != "service_healthy" || !d.Restart || !d.Required {
		t.Errorf("%+v", d)
	}
	if len(m.Services["migrate-green"].DependsOn) > 0 || len(m.Services["check-green"].DependsOn) != 1 {
		t.Errorf("hooks depend on %v, %v", m.Services["migrate-green"].DependsOn, m.Services["check-green"].DependsOn)
	}
	wantNote(t, p, Info, "web", "depends_on", "shared service db (service_healthy)")
	wantNote(t, p, Info, "web", "depends_on", "hook migrate")
	wantNote(t, p, Warning, "web", "depends_on", "bg.hook=smoke")
	wantNote(t, p, Warning, "web", "depends_on", "worker, which is exclusive")
	wantNote(t, p, Warning, "migrate", "depends_on", "before api starts")
	wantNote(t, p, Warning, "warm", "depends_on", "bg.hook=expand")
}

func TestASharedServiceThatLeansOnAColoredOneIsAWarning(t *testing.T) {
	p := mustLoad(t, services(web, "  edge: {image: e, depends_on: [web], labels: {bg.soak: 1m}}"))
	wantNote(t, p, Warning, "edge", "depends_on", "web-COLOR")
	wantNote(t, p, Warning, "edge", "labels", "bg.soak")
}

func TestARoutedServiceNeedsAHealthcheck(t *testing.T) {
	for _, c := range []struct {
		more string
		want bool
	}{
		{"labels: {bg.enable: 'true', bg.port: '80'}", true},
		{"labels: {bg.enable: 'true', bg.port: '80'}, healthcheck: {disable: true}", true},
		{"labels: {bg.enable: 'true', bg.port: '80'}, healthcheck: {test: [CMD, up]}", false},
		{"labels: {bg.enable: 'true'}", false},
	} {
		p := mustLoad(t, services("  web: {image: w, "+c.more+"}"))
		if got := slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Severity == Warning && n.Subject == "healthcheck" }); got != c.want {
			t.Errorf("%s: %v", c.more, p.Notes)
		}
	}
}
