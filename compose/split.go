package compose

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

var appName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// split tells the kinds of the services and notes what a release changes.
func split(model *types.Project, o Options) (*Project, error) {
	p := &Project{Name: model.Name, Files: o.Files, model: model, options: o}
	kinds := map[string]Kind{}
	for _, name := range names(model.Services) {
		kind, err := kindOf(model.Services[name])
		if err != nil {
			return nil, err
		}
		kinds[name] = kind
	}
	if err := p.nameApp(kinds); err != nil {
		return nil, err
	}
	for _, name := range names(model.Services) {
		p.Services = append(p.Services, p.describe(model.Services[name], kinds[name]))
	}
	if len(p.named(Colored)) == 0 {
		p.note(Error, "", "services", "no service is colored, so there is nothing to release; give label bg.enable=true to those that each release replaces")
	}
	p.review()
	p.sortNotes()
	return p, nil
}

// names returns the keys of a map in order.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// kindOf tells the kind of a service by its labels.
func kindOf(s types.ServiceConfig) (Kind, error) {
	if s.Labels["bg.hook"] != "" {
		return Hook, nil
	}
	value, given := s.Labels["bg.enable"]
	if !given {
		return Shared, nil
	}
	on, err := strconv.ParseBool(value)
	switch {
	case err != nil:
		return "", fmt.Errorf("service %s: label bg.enable=%q; give true or false", s.Name, value)
	case on:
		return Colored, nil
	}
	return Shared, nil
}

// nameApp tells the app's name.
func (p *Project) nameApp(kinds map[string]Kind) error {
	for _, c := range labels.Colors {
		if rest, cut := strings.CutSuffix(p.Name, "-"+string(c)); cut {
			return fmt.Errorf("the project's name is %s, but bg adds the color itself; name it %s, with -p or with name: in the file", p.Name, rest)
		}
	}
	var by string
	for _, name := range names(kinds) {
		app, given := p.model.Services[name].Labels["bg.app"]
		switch {
		case kinds[name] == Shared || !given:
		case by != "" && app != p.App:
			return fmt.Errorf("services %s and %s have the labels bg.app=%s and bg.app=%s; one project is one app, so give both the same", by, name, p.App, app)
		default:
			p.App, by = app, name
		}
	}
	if p.App == "" {
		p.App = p.Name
		by = ""
	}
	if !appName.MatchString(p.App) {
		if by != "" {
			return fmt.Errorf("service %s: label bg.app=%q is no app's name; use a-z, 0-9 and -, at most 63, beginning with a letter or digit", by, p.App)
		}
		return fmt.Errorf("the project's name %q is no app's name (a-z, 0-9 and -, at most 63); give the colored services the label bg.app=%s, or the project another name, with name: in the file or with -p",
			p.App, strings.Trim(strings.ReplaceAll(p.App, "_", "-"), "-"))
	}
	for _, name := range names(kinds) {
		for _, c := range labels.Colors {
			for _, sep := range []string{"-", "_"} {
				if rest, cut := strings.CutSuffix(name, sep+string(c)); cut && kinds[name] != Shared {
					return fmt.Errorf("service %s ends in a color, but bg adds the color itself; rename it to %s", name, rest)
				}
			}
		}
	}
	return nil
}

// describe makes the Service of one of the model's services.
func (p *Project) describe(s types.ServiceConfig, kind Kind) Service {
	d := Service{Name: s.Name, Kind: kind, Image: s.Image, Build: s.Build != nil, Replicas: s.GetScale()}
	if d.Image == "" && d.Build {
		d.Image = p.Name + "-" + s.Name
	}
	if kind == Shared {
		return d
	}
	d.Spec = p.decode(s)
	d.Exclusive = d.Spec.Handover == labels.Exclusive && kind == Colored
	for name, dependency := range s.DependsOn {
		if on, exists := p.model.Services[name]; exists {
			if k, _ := kindOf(on); k == Shared {
				if d.Waits == nil {
					d.Waits = map[string]string{}
				}
				d.Waits[name] = dependency.Condition
			}
		}
	}
	return d
}

// decode reads the labels of a service as the rendered container will have
// them, and notes what is wrong with them.
func (p *Project) decode(s types.ServiceConfig) labels.Spec {
	c := labels.Container{Name: s.Name, Labels: p.mark(s.Labels, Target{Color: labels.Blue}), Ports: tcpPorts(s)}
	c.Labels["com.docker.compose.project"] = p.ColorName(labels.Blue)
	c.Labels["com.docker.compose.service"] = key(s.Name, labels.Blue)
	spec, err := labels.Decode(c)
	if err != nil && len(c.Ports) == 0 {
		// The image may expose a port, which no file tells.
		spec, err = p.decodeUnexposed(s, c, err)
	}
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			p.note(Error, s.Name, "labels", "%s", strings.TrimPrefix(line, "container "+s.Name+": "))
		}
	}
	spec.Color = ""
	return spec
}

// unexposed stands for a port that is not known yet.
const unexposed = 65535

// decodeUnexposed decodes as if one port were exposed.
func (p *Project) decodeUnexposed(s types.ServiceConfig, c labels.Container, before error) (labels.Spec, error) {
	c.Ports = []int{unexposed}
	spec, err := labels.Decode(c)
	if err != nil && errors.Is(err, before) || err != nil && err.Error() == before.Error() {
		return spec, err
	}
	p.note(Warning, s.Name, "port", "the file exposes no port, so the image must expose exactly one; if it doesn't, give label bg.port")
	if spec.Port == unexposed {
		spec.Port = 0
	}
	for i := range spec.HTTP.Services {
		if spec.HTTP.Services[i].Port == unexposed {
			spec.HTTP.Services[i].Port = 0
		}
	}
	return spec, err
}

// mark returns the user's labels with bg's own set.
func (p *Project) mark(given types.Labels, t Target) map[string]string {
	marked := map[string]string{}
	maps.Copy(marked, given)
	marked["bg.enable"] = "true"
	marked["bg.app"] = p.App
	marked["bg.color"] = string(t.Color)
	for label, value := range map[string]string{"bg.release": t.Release, "bg.network": t.Network} {
		if delete(marked, label); value != "" {
			marked[label] = value
		}
	}
	return marked
}

// key returns the name of a service in the project of a color. Compose makes
// it an alias on every network, so it carries the color: Docker's DNS would
// mix the colors under a plain one.
func key(service string, c labels.Color) string { return service + "-" + string(c) }
