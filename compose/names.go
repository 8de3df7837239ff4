package compose

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// names gives the names that Docker takes once the color: both colors exist
// at the same time.
func (c *coloring) names(s *types.ServiceConfig, d Service) {
	if s.ContainerName != "" {
		c.note(Info, d.Name, "container_name", "container_name %s becomes %s-COLOR, as two containers can't have one name", s.ContainerName, s.ContainerName)
		s.ContainerName += "-" + string(c.t.Color)
	}
	if s.Hostname != "" {
		host, domain, _ := strings.Cut(s.Hostname, ".")
		if domain != "" {
			domain = "." + domain
		}
		c.note(Info, d.Name, "hostname", "hostname %s becomes %s-COLOR%s", s.Hostname, host, domain)
		s.Hostname = host + "-" + string(c.t.Color) + domain
	}
}

// containerName returns the name of the first container of a service that
// stays in the user's project.
func (c *coloring) containerName(service string) string {
	if name := c.model.Services[service].ContainerName; name != "" {
		return name
	}
	return fmt.Sprintf("%s-%s-1", c.p.Name, service)
}
