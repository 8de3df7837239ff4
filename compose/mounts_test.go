package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mounted = `services:
  web:
    image: w
    labels: {bg.enable: "true"}
    volumes:
      - data:/data
      - logs:/logs:ro
      - corp:/corp
      - /anonymous
      - ./src:/src
      - ./conf:/conf:ro
      - /var/run/docker.sock:/var/run/docker.sock
      - {type: tmpfs, target: /tmp}
  worker:
    image: k
    labels: {bg.enable: "true", bg.handover: exclusive}
    volumes: [queue:/queue]
  migrate: {image: m, labels: {bg.hook: expand}, volumes: [data:/data]}
  db: {image: d, volumes: [base:/base]}
volumes:
  data: {driver: local, driver_opts: {type: tmpfs}, labels: {a: b}}
  logs: {name: real-logs}
  corp: {external: true}
  queue:
  base:
`

func TestNamedVolumesAreThoseOfTheUsersProject(t *testing.T) {
	p := mustLoad(t, mounted)
	m := green(t, p)
	got := map[string]string{}
	for name, v := range m.Volumes {
		got[name] = v.Name
		if !v.External {
			t.Errorf("volume %s is the color's own", name)
		}
	}
	want := map[string]string{"data": "shop_data", "logs": "real-logs", "corp": "corp", "queue": "shop_queue"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	volumes := m.Services["web-green"].Volumes
	if len(volumes) != 8 || volumes[3].Source != "" || volumes[7].Type != "tmpfs" {
		t.Errorf("%+v", volumes)
	}
	ensured := []Volume{
		{Key: "data", Name: "shop_data", Driver: "local", Options: map[string]string{"type": "tmpfs"}, Labels: map[string]string{"a": "b"}},
		{Key: "logs", Name: "real-logs"},
		{Key: "queue", Name: "shop_queue"},
	}
	if diff := cmp.Diff(ensured, p.Volumes()); diff != "" {
		t.Error(diff)
	}
}

func TestDataThatBothColorsWriteIsAWarningWithTheWaysOut(t *testing.T) {
	p := mustLoad(t, mounted)
	var about []string
	for _, n := range p.Notes {
		if n.Subject == "volume data" {
			about = append(about, n.Service)
		}
	}
	if diff := cmp.Diff([]string{"web", "web", "web"}, about); diff != "" {
		t.Errorf("%s%v", diff, p.Notes)
	}
	for _, what := range []string{"volume data (at /data)", "volume corp", "/src (at /src)"} {
		wantNote(t, p, Warning, "web", "volume data", what)
	}
	wantNote(t, p, Warning, "web", "volume data", "bg.handover=exclusive, or mount it read_only")
}
