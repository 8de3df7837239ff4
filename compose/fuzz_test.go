package compose

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"

	"bg/labels"
)

// FuzzLoad reads a Compose file and an environment file of any content: they
// are refused in few words, or make a project that renders the same twice,
// into text that docker compose reads.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/corpus/*/*compose*.y*ml")
	if err != nil || len(files) < 28 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		env, _ := os.ReadFile(filepath.Join(filepath.Dir(file), ".env")) // few have one
		f.Add(text, env)
	}
	// A bomb of aliases, and what refers to itself.
	f.Add([]byte("x-a: &a [1,1,1,1,1,1,1,1,1]\nx-b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nx-c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nx-d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"+services(web)), []byte("A=$A\n"))
	f.Add([]byte("services: &s\n  web: {image: w, extends: {service: web}, labels: {bg.enable: 'true'}, x-s: *s}\n"), []byte("=\n"))
	f.Add([]byte("services:\n  web: {image: '${A:-${B:-${A}}}', labels: [bg.enable=true, bg.port=80], depends_on: [web]}\n"), []byte("A='\nB"))

	folder := filepath.Join(f.TempDir(), "shop")
	if err := os.Mkdir(folder, 0o755); err != nil {
		f.Fatal(err)
	}
	for _, setting := range os.Environ() {
		if name, value, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "COMPOSE_") {
			f.Setenv(name, value) // so that it comes back
			os.Unsetenv(name)
		}
	}
	f.Setenv("HOME", folder)
	put := func(t *testing.T, name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f.Fuzz(func(t *testing.T, text, env []byte) {
		options := Options{Files: []string{put(t, "compose.yaml", text)}, EnvFiles: []string{put(t, "app.env", env)}, Name: "shop", Dir: folder}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		p, err := Load(ctx, options)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		for _, color := range labels.Colors {
			target := Target{Color: color, Release: "1-aa", Network: "bg"}
			data, err := p.Render(target)
			if err != nil {
				t.Fatal(err)
			}
			again, err := p.Render(target)
			if err != nil || !bytes.Equal(data, again) {
				t.Fatalf("rendered twice: %v\n%s\n%s", err, data, again)
			}
			if len(p.named(Colored, Hook)) == 0 || p.broken() {
				continue
			}
			o, err := cli.NewProjectOptions([]string{put(t, "rendered.yaml", data)}, cli.WithName(p.ColorName(color)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.LoadProject(ctx); err != nil {
				t.Fatalf("docker compose would refuse it: %v\n%s", err, data)
			}
		}
	})
}

// broken reports whether something keeps the project from being released.
func (p *Project) broken() bool {
	for _, n := range p.Notes {
		if n.Severity == Error {
			return true
		}
	}
	return false
}
