package labels

import (
	"slices"
	"strconv"
	"strings"
)

// Container is what Docker says of a container, as far as labels need it.
// All of it is hostile.
type Container struct {
	Name   string            // for messages, and the service's name outside Compose
	Labels map[string]string // as Docker has them
	Ports  []int             // exposed TCP ports
}

// The labels by which Compose says what a container belongs to.
const (
	composeProject = "com.docker.compose.project"
	composeService = "com.docker.compose.service"
)

// Enabled reports whether the labels ask for bg at all: bg.enable is true,
// or has a value that is no bool, which Decode then explains.
func Enabled(labels map[string]string) bool {
	value, given := labels["bg.enable"]
	on, err := strconv.ParseBool(value)
	return given && (on || err != nil)
}

// Decode reads what the labels of a container ask for. It depends on its
// argument alone and keeps nothing of it.
//
// The error joins everything that is wrong, at most ten lines, each with
// the container, the label, its value and the fix. The Spec beside an error
// holds App, Color, Service and Project as far as they could be told, so that
// the color is known which the container spoils, and nothing else.
func Decode(c Container) (Spec, error) {
	p := &problems{container: strings.TrimPrefix(c.Name, "/")}
	g := pick(c.Labels, p)
	o := decodeOptions(g.bg, p)

	s := identify(c, o, p)
	spec := s
	o.fill(&spec)
	spec.Network = network(g.traefik, p)
	spec.HTTP, spec.Port = route(g.traefik, s, o.Port, c.Ports, p)
	checked(g.bg, c.Ports, &spec, p)
	spec.HTTP.Claims = Claims(spec.App, spec.HTTP)
	spec.Claims = claims(spec, p)
	if !p.none() {
		return s, p.err()
	}
	return spec, nil
}

// checked notes in s whether the labels ask for bg's own health check. Where no
// routing tells which port to ask, it is the only exposed one.
func checked(labels map[string]string, exposed []int, s *Spec, p *problems) {
	for _, key := range sorted(labels) {
		if !strings.HasPrefix(key, "bg.health.") {
			continue
		}
		s.Health.Set = true
		if s.Port != 0 || s.Hook != "" || len(s.HTTP.Services) > 0 {
			return
		}
		if ports := slices.Compact(slices.Sorted(slices.Values(exposed))); len(ports) == 1 {
			s.Port = ports[0]
			return
		}
		p.add(key, labels[key], "bg knows no port to ask, as no router leads to this service; give label bg.port")
		return
	}
}

// identify tells App, Color, Service and Project. What can't be told stays empty.
func identify(c Container, o options, p *problems) Spec {
	project, projectColor := cutColor(c.Labels[composeProject])
	name := c.Labels[composeService]
	if name == "" {
		name = strings.TrimPrefix(c.Name, "/")
	}
	_, serviceColor := cutColor(name)

	s := Spec{App: o.App, Color: Color(o.Color), Service: colorless(name)}
	if serviceName.MatchString(c.Labels[composeProject]) {
		s.Project = c.Labels[composeProject]
	}
	if _, given := c.Labels["bg.app"]; !given {
		s.App = project
		if !appName.MatchString(project) {
			p.note("the Compose project %s gives no app's name (a-z, 0-9 and -, at most 63); give label bg.app", quote(project))
			s.App = ""
		}
	}
	if _, given := c.Labels["bg.color"]; !given {
		s.Color = projectColor
		if s.Color == "" {
			s.Color = serviceColor
		}
		if s.Color == "" {
			p.note("no color: give label bg.color=blue or bg.color=green, or start the Compose project under a name that ends in -blue or -green")
		}
	}
	if !serviceName.MatchString(s.Service) {
		p.note("%s is no service's name (A-Z, a-z, 0-9, ., _ and -, at most 63); rename the Compose service or the container", quote(s.Service))
		s.Service = ""
	}
	return s
}
