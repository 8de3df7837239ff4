package compose

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// write puts files into a new folder that is the working one, free of the
// machine's own Compose settings: name, content, name, content.
func write(t *testing.T, files ...string) string {
	t.Helper()
	for _, setting := range os.Environ() {
		if name, value, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "COMPOSE_") {
			t.Setenv(name, value) // so that it comes back
			os.Unsetenv(name)
		}
	}
	folder := filepath.Join(t.TempDir(), "shop")
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(folder, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	return folder
}

// mustLoad loads a compose.yaml of a project called shop.
func mustLoad(t *testing.T, text string) *Project {
	t.Helper()
	write(t, "compose.yaml", text)
	p, err := Load(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// green returns what docker compose makes of the rendering for green.
func green(t *testing.T, p *Project) *types.Project {
	t.Helper()
	return reload(t, p, Target{Color: labels.Green, Release: "1-aa", Network: "bg"})
}

// reload renders and reads that back as docker compose does, variables
// replaced and all.
func reload(t *testing.T, p *Project, target Target) *types.Project {
	t.Helper()
	data, err := p.Render(target)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rendered.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := cli.NewProjectOptions([]string{file}, cli.WithName(p.ColorName(target.Color)))
	if err != nil {
		t.Fatal(err)
	}
	model, err := o.LoadProject(context.Background())
	if err != nil {
		t.Fatalf("docker compose would refuse it: %v\n%s", err, data)
	}
	return model
}

// wantNote fails unless a note of the severity, service and subject holds the
// text.
func wantNote(t *testing.T, p *Project, severity, service, subject, text string) {
	t.Helper()
	for _, n := range p.Notes {
		if n.Severity == severity && n.Service == service && n.Subject == subject && strings.Contains(n.Text, text) {
			return
		}
	}
	t.Errorf("no %s of %s about %s with %q in %+v", severity, service, subject, text, p.Notes)
}

// wantNoNote fails if a note of the service is about the subject.
func wantNoNote(t *testing.T, p *Project, service, subject string) {
	t.Helper()
	for _, n := range p.Notes {
		if n.Service == service && n.Subject == subject {
			t.Errorf("a note too many: %+v", n)
		}
	}
}

// services makes a Compose file of services that all have an image.
func services(lines ...string) string {
	return "services:\n" + strings.Join(lines, "\n") + "\n"
}

const (
	web    = "  web: {image: w, labels: {bg.enable: 'true'}}"
	api    = "  api: {image: a, labels: {bg.enable: 'true'}}"
	worker = "  worker: {image: k, labels: {bg.enable: 'true', bg.handover: exclusive}}"
	db     = "  db: {image: d}"
)
