package compose

import (
	"archive/tar"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

const injected = `services:
  web: {image: w, labels: {bg.enable: "true"}, secrets: [token]}
  worker: {image: k, labels: {bg.enable: "true", bg.handover: exclusive}, configs: [{source: conf, target: /etc/k, mode: 0400}, plain, named]}
  migrate: {image: m, labels: {bg.hook: expand}, secrets: [token, {source: token, target: t2, uid: "7", gid: "8"}]}
configs: {conf: {content: abc}, plain: {environment: PLAIN}, named: {file: ./c}}
secrets: {token: {environment: TOKEN}}
`

func TestHooksAndExclusiveServicesGetFilesThatDockerComposeCopiesAtAStart(t *testing.T) {
	t.Setenv("TOKEN", "hunter2")
	t.Setenv("PLAIN", "p")
	p := mustLoad(t, injected)
	f, c := newFake(t, reply{Match: " ps ", Out: `{"Name":"shop-green-worker-green-1","Service":"worker-green","State":"created"}
{"Name":"shop-green-migrate-green-1","Service":"migrate-green","State":"created"}
{"Name":"shop-green-web-green-1","Service":"web-green","State":"created"}
`})
	if err := c.Create(t.Context(), p, labels.Green, "f"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cp - shop-green-migrate-green-1:/",
		"cp -a - shop-green-migrate-green-1:/",
		"cp - shop-green-worker-green-1:/",
		"cp - shop-green-worker-green-1:/",
	}
	if diff := cmp.Diff(want, f.calls()[2:]); diff != "" {
		t.Error(diff)
	}
}

func TestCopiedFilesAreWhereAndWhatDockerComposeMakesThem(t *testing.T) {
	t.Setenv("TOKEN", "hunter2")
	t.Setenv("PLAIN", "p")
	p := mustLoad(t, injected)
	type entry struct {
		Name, Content string
		Mode          int64
		Uid, Gid      int
	}
	var got []entry
	for _, f := range append(p.copied("worker"), p.copied("migrate")...) {
		archive, err := f.archive()
		if err != nil {
			t.Fatal(err)
		}
		r := tar.NewReader(archive)
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entry{h.Name, string(content), h.Mode, h.Uid, h.Gid})
	}
	want := []entry{
		{"/etc/k", "abc", 0o400, 0, 0},
		{"/plain", "p", 0o444, 0, 0},
		{"/run/secrets/token", "hunter2", 0o444, 0, 0},
		{"/run/secrets/t2", "hunter2", 0o444, 7, 8},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatBgStartsAndStopsItselfMissesComposesOwnSteps(t *testing.T) {
	steps := "pre_stop: [{command: [a]}], post_start: [{command: [b]}]"
	p := mustLoad(t, services("  web: {image: w, "+steps+", labels: {bg.enable: 'true'}}",
		"  worker: {image: w, "+steps+", labels: {bg.enable: 'true', bg.handover: exclusive}}"))
	wantNote(t, p, Warning, "web", "pre_stop", "SIGTERM")
	wantNote(t, p, Info, "web", "post_start", "not when bg starts")
	wantNote(t, p, Warning, "worker", "post_start", "part of the command")
}
