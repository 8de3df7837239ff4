package compose_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/compose"
	"bg/labels"
)

var update = flag.Bool("update", false, "write the golden files of testdata/corpus anew")

// corpusRelease is the release that every corpus file is rendered for.
const corpusRelease = "7-3f9a2c81"

// corpusHome stands for the home folder of whoever types the command.
const corpusHome = "/home/sam"

// corpusCase is one folder of testdata/corpus: a user's Compose files, and in
// options.json what the user types and has in the shell.
type corpusCase struct {
	compose.Options
	Env map[string]string

	folder string // absolute
}

// eachCase runs f in the folder of every case, as a user does: with that as the
// working folder and none of the machine's own Compose settings.
func eachCase(t *testing.T, f func(*testing.T, corpusCase)) {
	folders, err := filepath.Glob("testdata/corpus/*")
	if err != nil || len(folders) < 28 {
		t.Fatalf("%d cases (%v), and the corpus has at least 28", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) { f(t, enterCase(t, folder)) })
	}
}

func enterCase(t *testing.T, folder string) corpusCase {
	t.Helper()
	for _, setting := range os.Environ() {
		if key, value, _ := strings.Cut(setting, "="); strings.HasPrefix(key, "COMPOSE_") {
			t.Setenv(key, value) // so that it comes back
			os.Unsetenv(key)
		}
	}
	t.Setenv("HOME", corpusHome)
	t.Chdir(folder)
	var c corpusCase
	data, err := os.ReadFile("options.json")
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for key, value := range c.Env {
		t.Setenv(key, value)
	}
	if c.folder, err = os.Getwd(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c corpusCase) load(t *testing.T) *compose.Project {
	t.Helper()
	p, err := compose.Load(context.Background(), c.Options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// target gives every built service an image of the release, as bg deploy does.
func target(p *compose.Project, color labels.Color) compose.Target {
	images := map[string]string{}
	for _, s := range p.Services {
		if s.Kind != compose.Shared && s.Build {
			images[s.Name] = p.Name + "-" + s.Name + ":bg-" + corpusRelease
		}
	}
	return compose.Target{Color: color, Release: corpusRelease, Network: "bg", Images: images}
}

func render(t *testing.T, p *compose.Project, color labels.Color) []byte {
	t.Helper()
	data, err := p.Render(target(p, color))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryFileOfTheCorpusIsRenderedAsItsGoldenFilesShow(t *testing.T) {
	eachCase(t, func(t *testing.T, c corpusCase) {
		p := c.load(t)
		c.golden(t, "expected-green.yaml", render(t, p, labels.Green))
		c.golden(t, "expected-notes.txt", outline(p))
	})
}

// golden compares data with a file of the case, in which /corpus stands for the
// folder that the corpus is in.
func (c corpusCase) golden(t *testing.T, name string, data []byte) {
	t.Helper()
	got := strings.ReplaceAll(string(data), filepath.Dir(c.folder), "/corpus")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update takes it over):\n%s", name, diff)
	}
}

// outline tells what became of the user's project: a line for each service,
// volume and note.
func outline(p *compose.Project) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "project %s, app %s\n", p.Name, p.App)
	for _, s := range p.Services {
		fmt.Fprintf(&b, "%s %s: image %s, build %t, replicas %d", s.Kind, s.Name, s.Image, s.Build, s.Replicas)
		if s.Spec.Hook != "" {
			fmt.Fprintf(&b, ", hook %s", s.Spec.Hook)
		}
		if s.Exclusive {
			b.WriteString(", exclusive")
		}
		for _, name := range slices.Sorted(maps.Keys(s.Waits)) {
			fmt.Fprintf(&b, ", waits for %s %s", name, s.Waits[name])
		}
		b.WriteString("\n")
	}
	for _, v := range p.Volumes() {
		fmt.Fprintf(&b, "volume %+v\n", v)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "%s: %s: %s: %s\n", n.Severity, n.Service, n.Subject, n.Text)
	}
	return b.Bytes()
}
