package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamespacesOfOthersAreThoseOfTheColorOrTheSharedContainer(t *testing.T) {
	p := mustLoad(t, services(web, "  vpn: {image: v}", "  named: {image: n, container_name: nn}", "  two: {image: t, scale: 2}",
		worker, "  once: {image: o, labels: {bg.hook: smoke}}",
		"  side: {image: s, network_mode: 'service:web', pid: 'service:web', ipc: 'service:vpn', volumes_from: [web, 'named:ro', 'container:x'], labels: {bg.enable: 'true'}}",
		"  bad: {image: b, network_mode: 'service:two', pid: 'service:worker', ipc: 'service:once', labels: {bg.enable: 'true'}}"))
	s := green(t, p).Services["side-green"]
	got := append([]string{s.NetworkMode, s.Pid, s.Ipc}, s.VolumesFrom...)
	want := []string{"service:web-green", "service:web-green", "container:shop-vpn-1", "web-green", "container:nn:ro", "container:x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantNote(t, p, Info, "side", "ipc", "container shop-vpn-1")
	wantNote(t, p, Error, "bad", "network_mode", "2 containers")
	wantNote(t, p, Error, "bad", "pid", "exclusive")
	wantNote(t, p, Error, "bad", "ipc", "hook")
}

func TestLinksLeadToTheColorOrToTheSharedContainer(t *testing.T) {
	p := mustLoad(t, services(api, db, "  far: {image: f, networks: [other]}",
		"  web: {image: w, links: [api, 'api:backend', db, 'db:sql', far], external_links: ['x:y'], labels: {bg.enable: 'true'}}")+"networks: {other: }")
	s := green(t, p).Services["web-green"]
	if diff := cmp.Diff([]string{"api-green:api", "api-green:backend"}, []string(s.Links)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x:y", "shop-db-1:sql", "shop-far-1:far"}, s.ExternalLinks); diff != "" {
		t.Error(diff)
	}
	wantNote(t, p, Info, "web", "links", "shared service db is dropped")
}
