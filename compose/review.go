package compose

import (
	"strings"

	"bg/labels"
)

// review notes what a rendering changes and what to know of each service.
func (p *Project) review() {
	c := coloring{p: p, t: Target{Color: labels.Blue}, note: p.note}
	c.project()
	for _, d := range p.Services {
		if d.Kind == Shared {
			p.adviseShared(d)
		} else {
			p.advise(d)
		}
	}
}

// advise notes what a colored service or hook lacks.
func (p *Project) advise(d Service) {
	s := p.model.Services[d.Name]
	if routed(d) && (s.HealthCheck == nil || s.HealthCheck.Disable) {
		p.note(Warning, d.Name, "healthcheck", "it has no healthcheck, so bg can't tell when it is ready, unless its image has one; add healthcheck: to the service")
	}
	if len(d.Spec.Idle) > 0 {
		p.note(Warning, d.Name, "labels", "%s: this version of bg checks the value and does nothing with it", strings.Join(d.Spec.Idle, ", "))
	}
	if d.Kind == Colored && d.Replicas == 0 {
		p.note(Warning, d.Name, "scale", "it has no containers (scale or replicas is 0), so nothing of it is released")
	}
	if len(s.PreStart) > 0 {
		p.note(Info, d.Name, "pre_start", "its pre_start containers run in each color; for migrations use a service with label bg.hook=expand, which runs once")
	}
	if d.Kind == Hook && d.Replicas != 1 {
		p.note(Error, d.Name, "scale", "a hook runs in one container, and this has %d; remove scale or replicas", d.Replicas)
	}
}

// adviseShared notes where a shared service leans on a colored one.
func (p *Project) adviseShared(d Service) {
	s := p.model.Services[d.Name]
	for _, name := range names(s.DependsOn) {
		if on, found := p.service(name); found && on.Kind != Shared {
			p.note(Warning, d.Name, "depends_on", "it is shared but depends on %s, which is not: it starts before, and the name %s leads nowhere from it; use %s-COLOR or the proxy, or give it label bg.enable=true", name, name, name)
		}
	}
	for _, label := range names(s.Labels) {
		if strings.HasPrefix(label, "bg.") && label != "bg.enable" {
			p.note(Warning, d.Name, "labels", "label %s has no effect, as the service is not colored; add bg.enable=true, or remove it", label)
		}
	}
}
