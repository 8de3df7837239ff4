package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/compose"
	"bg/labels"
)

// corpus is where package compose has the Compose files that it is tested with.
const corpus = "../compose/testdata/corpus"

// typed is what a user of a corpus file types and has in the shell.
type typed struct {
	compose.Options
	Env map[string]string
}

// args returns the options as docker compose takes them.
func (o typed) args() (args []string) {
	for flag, values := range map[string][]string{"-f": o.Files, "--env-file": o.EnvFiles, "--profile": o.Profiles} {
		for _, v := range values {
			args = append(args, flag, v)
		}
	}
	if o.Name != "" {
		args = append(args, "-p", o.Name)
	}
	return args
}

// enter makes the test a user in a folder of the corpus.
func enter(t *testing.T, folder string) (o typed) {
	t.Helper()
	t.Chdir(folder)
	data, err := os.ReadFile("options.json")
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for key, value := range o.Env {
		t.Setenv(key, value)
	}
	return o
}

// config returns what docker compose, in the present folder, makes of a file or,
// where data is nil, of the files that the arguments name.
func config(t *testing.T, data []byte, args ...string) (model map[string]any) {
	t.Helper()
	if data != nil {
		args = append(args, "-f", "-")
	}
	ctx, cancel := context.WithTimeout(root, time.Minute)
	defer cancel()
	cmd := bed.Compose(ctx, append(args, "config", "--format", "json")...)
	cmd.Dir = "."
	cmd.Stdin = bytes.NewReader(data)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker compose config: %v: %s\n%s", err, words.String(), data)
	}
	if err := json.Unmarshal(out, &model); err != nil {
		t.Fatal(err)
	}
	return model
}

// Not parallel: the user's folder and shell are those of the whole process.
func TestDockerComposeAcceptsWhatIsRenderedOfTheCorpusAndReadsTheSameInIt(t *testing.T) {
	need(t)
	folders, err := filepath.Glob(corpus + "/*")
	if err != nil || len(folders) < 28 {
		t.Fatalf("%d cases (%v), and the corpus has at least 28", len(folders), err)
	}
	accepted := 0
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			o := enter(t, folder)
			users := config(t, nil, o.args()...)
			p, err := compose.Load(root, o.Options)
			if err != nil {
				t.Fatal(err)
			}
			for _, color := range labels.Colors {
				data, err := p.Render(compose.Target{Color: color, Release: "1-0a1b2c3d", Network: "bg", Images: released(p)})
				if err != nil {
					t.Fatal(err)
				}
				t.Run(string(color), func(t *testing.T) {
					for key := range o.Env {
						os.Unsetenv(key) // set again when the user's test ends
					}
					t.Chdir(t.TempDir()) // nothing may depend on the folder
					carried(t, p, users, config(t, data), color)
					accepted++
				})
				for key, value := range o.Env {
					os.Setenv(key, value)
				}
			}
		})
	}
	t.Logf("docker compose config accepted %d rendered files of %d cases", accepted, len(folders))
}

// released names an image of the release for every service that is built.
func released(p *compose.Project) map[string]string {
	images := map[string]string{}
	for _, s := range p.Services {
		if s.Build && s.Kind != compose.Shared {
			images[s.Name] = p.Name + "-" + s.Name + ":bg-1-0a1b2c3d"
		}
	}
	return images
}

// rewritten are the attributes of a service that a color's project changes; all
// others are the user's, to the letter.
var rewritten = []string{
	"build", "container_name", "depends_on", "develop", "environment", "expose", "external_links", "hostname",
	"image", "ipc", "labels", "links", "network_mode", "networks", "pid", "ports", "profiles", "pull_policy",
	"volumes", "volumes_from",
}

// carried checks that each colored service is in the rendered model with all
// that the user gave it, as docker compose itself reads both.
func carried(t *testing.T, p *compose.Project, users, rendered map[string]any, color labels.Color) {
	t.Helper()
	for _, s := range p.Services {
		if s.Kind == compose.Shared {
			continue
		}
		was := users["services"].(map[string]any)[s.Name].(map[string]any)
		is, ok := rendered["services"].(map[string]any)[s.Name+"-"+string(color)].(map[string]any)
		if !ok {
			t.Errorf("service %s is missing", s.Name)
			continue
		}
		for _, key := range []string{"environment", "labels"} {
			added, _ := is[key].(map[string]any)
			for name, value := range fields(was, key) {
				got, found := added[name]
				if diff := cmp.Diff(value, got); !found || diff != "" {
					t.Errorf("%s: %s %s: found %t (-user's +rendered):\n%s", s.Name, key, name, found, diff)
				}
			}
		}
		for _, port := range listens(was, "ports") {
			if !slices.Contains(append(listens(is, "ports"), listens(is, "expose")...), port) {
				t.Errorf("%s: port %s is neither published nor exposed any more", s.Name, port)
			}
		}
		if diff := cmp.Diff(mounts(was), mounts(is)); diff != "" {
			t.Errorf("%s: volumes (-user's +rendered):\n%s", s.Name, diff)
		}
		if diff := cmp.Diff(rest(meant(was, s.Kind)), rest(is)); diff != "" {
			t.Errorf("%s (-user's +rendered):\n%s", s.Name, diff)
		}
	}
	for _, kind := range []string{"configs", "secrets"} {
		were := fields(users, kind)
		for name, is := range fields(rendered, kind) {
			if diff := cmp.Diff(content(were[name]), content(is)); diff != "" {
				t.Errorf("%s %s (-user's +rendered):\n%s", kind, name, diff)
			}
		}
	}
}

func fields(model map[string]any, key string) map[string]any {
	m, _ := model[key].(map[string]any)
	return m
}

// content is a config or secret without the name, which holds the project's. A
// config of the user's environment is as good as its content.
func content(x any) any {
	m, _ := x.(map[string]any)
	m = maps.Clone(m)
	delete(m, "name")
	if name, ok := m["environment"].(string); ok && name == "PAGES_BANNER" {
		delete(m, "environment")
		m["content"] = "Costs $$5, saves 100%" // as docker compose config writes a $
	}
	return m
}

// meant is a service of the user's with what a color's project changes on
// purpose: a hook is not restarted, Docker restarts nothing that bg stopped, and
// the one path that docker compose leaves relative is named in full.
func meant(service map[string]any, kind compose.Kind) map[string]any {
	service = maps.Clone(service)
	switch {
	case kind == compose.Hook:
		service["restart"] = "no"
	case service["restart"] == "always":
		service["restart"] = "unless-stopped"
	}
	if options, ok := service["security_opt"].([]any); ok {
		if i := slices.Index(options, any("seccomp=./seccomp.json")); i >= 0 {
			options[i] = "seccomp=" + filepath.Join(bed.Root, "e2e", corpus, "hardened", "seccomp.json")
		}
	}
	return service
}

func rest(service map[string]any) map[string]any {
	service = maps.Clone(service)
	maps.DeleteFunc(service, func(key string, _ any) bool { return slices.Contains(rewritten, key) })
	return service
}

// listens tells the ports of a service's container that are published or exposed,
// such as 80 and 53/udp.
func listens(service map[string]any, key string) (ports []string) {
	list, _ := service[key].([]any)
	for _, x := range list {
		text, _ := x.(string) // of expose
		if m, ok := x.(map[string]any); ok {
			text = fmt.Sprintf("%v/%v", m["target"], m["protocol"])
		}
		ports = append(ports, strings.TrimSuffix(text, "/tcp"))
	}
	return ports
}

// mounts tells where in the container what kind of volume is, and of which
// options; the source of a bind is the user's, that of a volume a key.
func mounts(service map[string]any) map[string]any {
	all := map[string]any{}
	list, _ := service["volumes"].([]any)
	for _, x := range list {
		m := maps.Clone(x.(map[string]any))
		if m["type"] == "volume" {
			delete(m, "source")
		}
		all[strings.TrimSuffix(m["target"].(string), "/")] = m
	}
	return all
}
