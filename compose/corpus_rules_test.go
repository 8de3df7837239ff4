package compose_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"bg/compose"
	"bg/labels"
)

// The rules here hold whatever the golden files say, and read the rendered file
// by themselves.

// file is a rendered file, as far as the rules look at it.
type file struct {
	Name     string
	Services map[string]service
	Networks map[string]resource
	Volumes  map[string]resource
}

type service struct {
	ContainerName string   `yaml:"container_name"`
	Hostname      string   `yaml:"hostname"`
	NetworkMode   string   `yaml:"network_mode"`
	Pid           string   `yaml:"pid"`
	Ipc           string   `yaml:"ipc"`
	Links         []string `yaml:"links"`
	VolumesFrom   []string `yaml:"volumes_from"`
	Labels        map[string]string
	Environment   map[string]*string
	Networks      map[string]*struct{ Aliases []string }
	DependsOn     map[string]any `yaml:"depends_on"`
	Ports         []struct{ Published string }
	Volumes       []struct{ Type, Source string }
}

type resource struct {
	Name     string
	External bool
}

func parse(t *testing.T, data []byte) file {
	t.Helper()
	var f file
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return f
}

func TestEveryRenderedFileKeepsTheRules(t *testing.T) {
	eachCase(t, func(t *testing.T, c corpusCase) {
		p := c.load(t)
		for _, color := range labels.Colors {
			f := parse(t, render(t, p, color))
			if want := p.Name + "-" + string(color); f.Name != want || p.ColorName(color) != want {
				t.Errorf("project %s and %s, want %s", f.Name, p.ColorName(color), want)
			}
			var want []string
			for _, s := range p.Services {
				if s.Kind == compose.Shared {
					continue
				}
				key := s.Name + "-" + string(color)
				want = append(want, key)
				if err := f.marked(p, key, color); err != nil {
					t.Errorf("%s: %v", key, err)
				}
				for _, err := range f.broken(s, key) {
					t.Errorf("%s: %v", key, err)
				}
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(f.Services))); diff != "" {
				t.Errorf("services (-want +got):\n%s", diff)
			}
			for _, err := range f.owns() {
				t.Error(err)
			}
		}
	})
}

// marked checks what tells bg whose a container is.
func (f file) marked(p *compose.Project, key string, color labels.Color) error {
	s := f.Services[key]
	for label, want := range map[string]string{
		"bg.enable": "true", "bg.app": p.App, "bg.color": string(color), "bg.release": corpusRelease,
	} {
		if s.Labels[label] != want {
			return fmt.Errorf("label %s is %q, want %q", label, s.Labels[label], want)
		}
	}
	for name, want := range map[string]string{"BG_APP": p.App, "BG_COLOR": string(color), "BG_RELEASE": corpusRelease} {
		if got := s.Environment[name]; got == nil || *got != want {
			return fmt.Errorf("environment variable %s is not %q", name, want)
		}
	}
	spec, err := labels.Decode(labels.Container{Name: key, Ports: []int{80}, Labels: with(s.Labels,
		"com.docker.compose.project", f.Name, "com.docker.compose.service", key)})
	if err != nil {
		return fmt.Errorf("the controller refuses it: %w", err)
	}
	if spec.Color != color || spec.App != p.App || spec.Service+"-"+string(color) != key {
		return fmt.Errorf("the controller takes it for %s %s %s", spec.App, spec.Color, spec.Service)
	}
	return nil
}

func with(m map[string]string, pairs ...string) map[string]string {
	m = maps.Clone(m)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// broken lists what in a service would meet the other color, or leads nowhere.
func (f file) broken(own compose.Service, key string) (found []error) {
	s := f.Services[key]
	bad := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }

	for _, port := range s.Ports {
		n, err := strconv.Atoi(port.Published)
		if err != nil || !slices.Contains(own.Spec.Publish, n) {
			bad("port %q is published, and bg.publish says %v", port.Published, own.Spec.Publish)
		}
	}
	named := s.NetworkMode != ""
	for name, net := range s.Networks {
		declared, ok := f.Networks[name]
		if !ok {
			bad("network %s is not declared", name)
		}
		if !declared.External {
			named = named || net != nil && slices.Contains(net.Aliases, own.Name)
			continue
		}
		if net == nil {
			continue
		}
		for _, alias := range net.Aliases {
			if !strings.HasSuffix(alias, strings.TrimPrefix(key, own.Name)) {
				bad("alias %s without a color on network %s, where both colors are", alias, name)
			}
		}
	}
	if !named {
		bad("its siblings don't find it by its plain name on the private network")
	}
	for _, name := range []string{s.ContainerName, s.Hostname} {
		if name != "" && !strings.Contains(name, strings.TrimPrefix(key, own.Name+"-")) {
			bad("name %s is without a color", name)
		}
	}
	for _, v := range s.Volumes {
		if _, ok := f.Volumes[v.Source]; v.Type == "volume" && v.Source != "" && !ok {
			bad("volume %s is not declared", v.Source)
		}
	}
	for _, name := range f.references(s) {
		if _, ok := f.Services[name]; !ok {
			bad("refers to service %s, which is not in this file", name)
		}
	}
	return found
}

// references lists the services of the same file that a service needs.
func (f file) references(s service) (names []string) {
	names = slices.Collect(maps.Keys(s.DependsOn))
	for _, mode := range []string{s.NetworkMode, s.Pid, s.Ipc} {
		if name, ok := strings.CutPrefix(mode, "service:"); ok {
			names = append(names, name)
		}
	}
	for _, link := range s.Links {
		name, _, _ := strings.Cut(link, ":")
		names = append(names, name)
	}
	for _, from := range s.VolumesFrom {
		if name, _, _ := strings.Cut(from, ":"); name != "container" {
			names = append(names, name)
		}
	}
	return names
}

// owns lists what the color's project would make, and at its end remove, beside
// its private network.
func (f file) owns() (found []error) {
	for name, v := range f.Volumes {
		if !v.External {
			found = append(found, fmt.Errorf("volume %s is not external", name))
		}
	}
	var private []string
	for name, n := range f.Networks {
		if !n.External {
			private = append(private, name)
		}
	}
	for name, n := range f.Networks {
		for _, own := range private {
			if n.External && f.Networks[own].Name >= n.Name {
				found = append(found, fmt.Errorf("network %s (%s) comes before the private one (%q) when names are looked up", name, n.Name, f.Networks[own].Name))
			}
		}
	}
	if len(private) > 1 {
		found = append(found, fmt.Errorf("%v are not external, and one private network is enough", private))
	}
	return found
}

func TestTheColorsDifferInTheColorAlone(t *testing.T) {
	eachCase(t, func(t *testing.T, c corpusCase) {
		p := c.load(t)
		var blue, green any
		for color, tree := range map[labels.Color]*any{labels.Blue: &blue, labels.Green: &green} {
			text := string(render(t, p, color))
			if strings.Contains(text, string(color.Other())) {
				t.Errorf("the file of %s speaks of %s:\n%s", color, color.Other(), text)
			}
			text = strings.ReplaceAll(text, string(color), "COLOR")
			if err := yaml.Unmarshal([]byte(text), tree); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(blue, green); diff != "" {
			t.Errorf("-blue +green:\n%s", diff)
		}
	})
}
