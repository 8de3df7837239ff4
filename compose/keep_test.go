package compose

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bg/labels"
)

const keepable = `services:
  web:
    build: .
    command: [echo, "$$HOME", "$PRICE"]
    env_file: web.env
    configs: [c]
    secrets: [s, e]
    volumes: ["data:/d"]
    depends_on: {db: {condition: service_healthy}}
    links: ["db:sql"]
    networks: {back: , default: {aliases: [www]}}
    labels: {bg.enable: "true", bg.port: "80"}
  migrate: {image: m, labels: {bg.hook: expand}}
  db: {image: d, container_name: the-db, environment: {PASSWORD: hunter2}, networks: [back]}
configs: {c: {file: ./c.txt}}
secrets: {s: {file: ./s.txt}, e: {environment: TOKEN}}
volumes: {data: {labels: {a: b}}}
networks: {back: {internal: true}}
`

func keep(t *testing.T) (*Project, []byte) {
	t.Helper()
	write(t, "compose.yaml", keepable, "web.env", "FROM=file$\n", "c.txt", "c", "s.txt", "s")
	t.Setenv("PRICE", "5$")
	t.Setenv("TOKEN", "to$ken")
	p, err := Load(context.Background(), Options{Files: []string{"compose.yaml"}, Profiles: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := p.Keep(map[string]string{"web": "shop-web:bg-1"})
	if err != nil {
		t.Fatal(err)
	}
	os.Unsetenv("PRICE")
	os.Unsetenv("TOKEN")
	return p, data
}

func TestAKeptProjectRendersTheSameWithoutTheFilesAndTheShell(t *testing.T) {
	p, data := keep(t)
	if err := os.Remove("compose.yaml"); err != nil {
		t.Fatal(err)
	}
	kept, err := LoadKept(data)
	if err != nil {
		t.Fatal(err)
	}
	images := map[string]string{"web": "shop-web:bg-1"}
	for _, color := range labels.Colors {
		target := Target{Color: color, Release: "9-bb", Network: "bg", Images: images}
		want, err := p.Render(target)
		if err != nil {
			t.Fatal(err)
		}
		target.Images = nil // pinned
		got, err := kept.Render(target)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	}
	if kept.App != "shop" || kept.Digest(images) != p.Digest(images) {
		t.Errorf("app %s, digest %s, want %s", kept.App, kept.Digest(images), p.Digest(images))
	}
	if diff := cmp.Diff(p.options, kept.options, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(p.Volumes(), kept.Volumes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"TOKEN=to$ken"}, kept.secrets()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(data), "hunter2") {
		t.Error("the environment of a shared service is kept, and nobody needs it")
	}
}

func TestFilesThatHaveChangedSinceAreNotes(t *testing.T) {
	_, data := keep(t)
	if err := os.WriteFile("c.txt", []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove("s.txt"); err != nil {
		t.Fatal(err)
	}
	p, err := LoadKept(data)
	if err != nil {
		t.Fatal(err)
	}
	wantNote(t, p, Warning, "", "files", "c.txt")
	wantNote(t, p, Error, "", "files", "s.txt")
}

func TestWhatIsNoKeptProjectIsRefused(t *testing.T) {
	_, data := keep(t)
	for name, c := range map[string]struct{ text, want string }{
		"no YAML":           {"a: [", "kept release"},
		"an ordinary file":  {services(web), "bg has not kept it"},
		"of a newer bg":     {strings.Replace(string(data), "version: 1", "version: 2", 1), "use the bg that kept it"},
		"too large":         {strings.Repeat(" ", maxFile+1), "more than"},
		"broken inside":     {strings.Replace(string(data), "services:", "servizi:", 1), "servizi"},
		"empty":             {"", "bg has not kept it"},
		"without a project": {"x-bg: {version: 1}\nservices: {}\n", "project"},
	} {
		if _, err := LoadKept([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
