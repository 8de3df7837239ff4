package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// cutService returns the service that a value such as service:db refers to.
func cutService(value string) (name string, found bool) {
	return strings.CutPrefix(value, types.ServicePrefix)
}

// namespaces leads what a container shares with another one to the right
// one: a sibling of its color, or the shared service's container.
func (c *coloring) namespaces(s *types.ContainerSpec, d Service) {
	for _, n := range []struct {
		subject string
		value   *string
	}{
		{"network_mode", &s.NetworkMode}, {"pid", &s.Pid}, {"ipc", &s.Ipc}, {"uts", &s.Uts}, {"cgroup", &s.Cgroup},
	} {
		if other, found := cutService(*n.value); found {
			if c.colored(other) {
				*n.value = types.ServicePrefix + c.key(other)
				c.together(d, other, n.subject)
			} else {
				*n.value = types.ContainerPrefix + c.containerName(other)
				c.borrowed(d, other, n.subject)
			}
		}
	}
	for i, from := range s.VolumesFrom {
		if strings.HasPrefix(from, types.ContainerPrefix) {
			continue
		}
		if i == 0 {
			s.VolumesFrom = slices.Clone(s.VolumesFrom)
		}
		other, mode, given := strings.Cut(from, ":")
		if given {
			mode = ":" + mode
		}
		if c.colored(other) {
			s.VolumesFrom[i] = c.key(other) + mode
		} else {
			s.VolumesFrom[i] = types.ContainerPrefix + c.containerName(other) + mode
			c.borrowed(d, other, "volumes_from")
		}
	}
}

// borrowed notes that a service lives on a shared service's container.
func (c *coloring) borrowed(d Service, other, subject string) {
	c.note(Info, d.Name, subject, "service %s is shared, so this becomes its container %s; when that is made anew, release again", other, c.containerName(other))
	if of, found := c.p.service(other); found && of.Replicas != 1 {
		c.note(Error, d.Name, subject, "service %s has %d containers, and this needs exactly one; set its scale to 1, or color it too", other, of.Replicas)
	}
}

// together notes where the other service doesn't run when this one starts.
func (c *coloring) together(d Service, other, subject string) {
	of, _ := c.p.service(other)
	switch {
	case of.Kind == Hook && d.Kind != Hook:
		c.note(Error, d.Name, subject, "service %s is a hook, which has ended or not begun when this one runs; use a service that stays up", other)
	case of.Exclusive && !d.Exclusive:
		c.note(Error, d.Name, subject, "service %s is exclusive and starts only at the handover; give this one label bg.handover=exclusive too", other)
	}
}

// links leads links to siblings of the color, or to shared containers where
// the plain name doesn't lead there by itself.
func (c *coloring) links(s *types.ServiceConfig, d Service) {
	var kept []string
	external := slices.Clone(s.ExternalLinks)
	for _, link := range s.Links {
		other, alias, given := strings.Cut(link, ":")
		if !given {
			alias = other
		}
		switch {
		case c.colored(other):
			kept = append(kept, fmt.Sprintf("%s:%s", c.key(other), alias))
		case alias == other && c.meets(d.Name, other):
			c.note(Info, d.Name, "links", "the link to shared service %s is dropped, as its name leads there without it", other)
		default:
			external = append(external, fmt.Sprintf("%s:%s", c.containerName(other), alias))
			c.note(Info, d.Name, "links", "the link to shared service %s becomes an external link to its container %s", other, c.containerName(other))
		}
	}
	s.Links, s.ExternalLinks = kept, external
}

// meets reports whether two of the user's services have a network in common.
func (c *coloring) meets(a, b string) bool {
	for name := range c.model.Services[a].Networks {
		if _, common := c.model.Services[b].Networks[name]; common {
			return true
		}
	}
	return false
}
