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
	if routed(d) && !d.Spec.Health.Set && (s.HealthCheck == nil || s.HealthCheck.Disable) {
		p.note(Warning, d.Name, "healthcheck", "it has no healthcheck, so bg can't tell when it is ready, unless its image has one; add healthcheck: to the service, or label bg.health.path")
	}
	if d.Kind == Colored && d.Replicas == 0 {
		p.note(Warning, d.Name, "scale", "it has no containers (scale or replicas is 0), so nothing of it is released")
	}
	p.adviseLifecycle(d)
	if d.Kind == Hook && d.Replicas != 1 {
		p.note(Error, d.Name, "scale", "a hook runs in one container, and this has %d; remove scale or replicas", d.Replicas)
	}
}

// adviseLifecycle notes what docker compose does when it starts or stops a
// service, and bg doesn't.
func (p *Project) adviseLifecycle(d Service) {
	s := p.model.Services[d.Name]
	for _, at := range []struct {
		subject string
		count   int
	}{{"pre_start", len(s.PreStart)}, {"post_start", len(s.PostStart)}} {
		switch {
		case at.count == 0:
		case d.startedByBg():
			p.note(Warning, d.Name, at.subject, "not run, as bg itself starts hooks and exclusive services; make it part of the command")
		default:
			p.note(Info, d.Name, at.subject, "run in each color when a release starts it, and not when bg starts its containers again, as for a rollback")
		}
	}
	if len(s.PreStop) > 0 {
		p.note(Warning, d.Name, "pre_stop", "not run, as bg itself stops containers; let the app do it on SIGTERM")
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
