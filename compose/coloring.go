package compose

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// coloring makes the project of one color out of the user's. Load runs it
// once for its notes alone, so that notes and rendering can't disagree; the
// notes are the same for every Target.
type coloring struct {
	p    *Project
	t    Target
	note func(severity, service, subject, format string, args ...any)

	model    *types.Project // a copy of the user's
	networks types.Networks // of the result, as they come to be used
	volumes  types.Volumes
	keys     map[string]string // of the user's networks in the result
}

// project returns the color's project.
func (c *coloring) project() *types.Project {
	c.model = c.p.model.WithServicesDisabled()
	c.networks, c.volumes = types.Networks{}, types.Volumes{}
	c.nameNetworks()
	out := &types.Project{Name: c.p.ColorName(c.t.Color), Services: types.Services{}}
	for _, d := range c.p.Services {
		if d.Kind != Shared {
			s := c.service(c.model.Services[d.Name], d)
			out.Services[s.Name] = s
		}
	}
	c.private()
	out.Networks, out.Volumes = c.networks, c.volumes
	c.resources(out)
	if len(c.model.Jobs) > 0 {
		c.note(Info, "", "jobs", "jobs are no part of a release; docker compose run starts them in your own project")
	}
	return out
}

// service returns a service as it is in the color's project.
func (c *coloring) service(s types.ServiceConfig, d Service) types.ServiceConfig {
	if s.Provider != nil {
		c.note(Error, d.Name, "provider", "a service of a provider is no container, so it can't be colored; remove its bg labels")
	}
	s.Name = c.key(d.Name)
	s.Profiles, s.Extends, s.LabelFiles, s.EnvFiles = nil, nil, nil, nil
	inherited := s.Image
	s.Image = d.Image
	if image := c.t.Images[d.Name]; image != "" {
		s.Image = image
	}
	for _, label := range []string{"bg.color", "bg.network", "bg.release"} {
		if _, given := s.Labels[label]; given {
			c.note(Info, d.Name, "labels", "label %s is replaced, as bg sets it", label)
		}
	}
	s.Labels = c.p.mark(s.Labels, c.t)
	c.environment(&s.ContainerSpec)
	c.ports(&s, d)
	c.names(&s, d)
	c.restart(&s, d)
	c.namespaces(&s.ContainerSpec, d)
	c.attach(&s, d)
	c.mounts(&s.ContainerSpec, d)
	c.seccomp(&s.ContainerSpec)
	c.dependsOn(&s, d)
	c.links(&s, d)
	c.build(&s, d)
	c.preStart(&s, inherited)
	return s
}

func (c *coloring) key(service string) string { return key(service, c.t.Color) }

// environment tells the container what it is.
func (c *coloring) environment(s *types.ContainerSpec) {
	environment := types.MappingWithEquals{}
	maps.Copy(environment, s.Environment)
	app, color := c.p.App, string(c.t.Color)
	environment["BG_APP"], environment["BG_COLOR"] = &app, &color
	if c.t.Release != "" {
		release := c.t.Release
		environment["BG_RELEASE"] = &release
	}
	s.Environment = environment
}

// restart lets a hook end, and keeps what bg has stopped stopped: Docker
// starts containers of the policy always again when its daemon starts.
func (c *coloring) restart(s *types.ServiceConfig, d Service) {
	if d.Kind == Hook {
		if s.Restart != "" && s.Restart != types.RestartPolicyNo || s.Deploy != nil && s.Deploy.RestartPolicy != nil {
			c.note(Info, d.Name, "restart", "a hook runs once, so its restart policy becomes no")
		}
		s.Restart = types.RestartPolicyNo
		if s.Deploy != nil {
			s.Deploy.RestartPolicy = nil
		}
		return
	}
	const why = "restart policy %s becomes unless-stopped: Docker would start a color that bg has stopped again whenever its daemon starts"
	if s.Restart == types.RestartPolicyAlways {
		s.Restart = types.RestartPolicyUnlessStopped
		c.note(Info, d.Name, "restart", why, types.RestartPolicyAlways)
	}
	if s.Deploy != nil && s.Deploy.RestartPolicy != nil && slices.Contains([]string{"", "any", "always"}, s.Deploy.RestartPolicy.Condition) {
		c.note(Info, d.Name, "deploy.restart_policy", why, "any")
		s.Deploy.RestartPolicy.Condition = types.RestartPolicyUnlessStopped
	}
}

// build keeps the section, though a release never builds from it: images are
// built in the user's own project. Compose refuses contexts of services that
// the color's project doesn't have.
func (c *coloring) build(s *types.ServiceConfig, d Service) {
	if s.Build == nil {
		return
	}
	for name, context := range s.Build.AdditionalContexts {
		if of, found := cutService(context); found {
			if c.colored(of) {
				s.Build.AdditionalContexts[name] = types.ServicePrefix + c.key(of)
			} else {
				delete(s.Build.AdditionalContexts, name)
			}
		}
	}
}

// preStart treats the containers that Compose runs before a service as parts
// of it, that are no containers of the app themselves.
func (c *coloring) preStart(s *types.ServiceConfig, inherited string) {
	for i := range s.PreStart {
		h := &s.PreStart[i]
		if h.Image == inherited || h.Image == "" {
			h.Image = s.Image
		}
		h.Labels = maps.Clone(h.Labels)
		if h.Labels == nil {
			h.Labels = types.Labels{}
		}
		h.Labels["bg.enable"] = "false"
		delete(h.Labels, "bg.hook")
		h.LabelFiles, h.EnvFiles = nil, nil
		c.environment(&h.ContainerSpec)
		quiet := *c
		quiet.note = func(_, _, _, _ string, _ ...any) {}
		d, _ := c.p.service(c.user(s.Name))
		quiet.namespaces(&h.ContainerSpec, d)
		quiet.mounts(&h.ContainerSpec, d)
		quiet.seccomp(&h.ContainerSpec)
		h.Networks = s.Networks
	}
}

// user returns the user's name of a service of the result.
func (c *coloring) user(key string) string {
	return key[:len(key)-len("-"+string(c.t.Color))]
}

// colored reports whether the color's project has the user's service.
func (c *coloring) colored(name string) bool {
	d, found := c.p.service(name)
	return found && d.Kind != Shared
}
