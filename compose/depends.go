package compose

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// dependsOn keeps what Compose can wait for inside the color's project. The
// rest bg sees to itself, in the order of a release.
func (c *coloring) dependsOn(s *types.ServiceConfig, d Service) {
	kept := types.DependsOnConfig{}
	for _, name := range names(s.DependsOn) {
		dependency := s.DependsOn[name]
		on, exists := c.p.service(name)
		switch {
		case !exists:
		case on.Kind == Shared:
			c.note(Info, d.Name, "depends_on", "bg waits for shared service %s (%s) before the release", name, dependency.Condition)
		case on.Kind == Hook:
			c.hookFirst(d, on)
		case on.Exclusive && (!d.Exclusive || d.Kind == Hook):
			c.note(Warning, d.Name, "depends_on", "it doesn't wait for %s, which is exclusive and starts last, at the handover", name)
		case d.Spec.Hook == labels.HookExpand:
			c.note(Warning, d.Name, "depends_on", "a hook that expands runs before %s starts, so it doesn't wait for it", name)
		default:
			kept[c.key(name)] = dependency
			if dependency.Condition == types.ServiceConditionCompletedSuccessfully {
				c.note(Warning, name, "depends_on", "service %s waits for its end, but to bg a colored service that has ended has failed; make it a hook with label bg.hook=expand", d.Name)
			}
		}
	}
	s.DependsOn = kept
	if len(kept) == 0 {
		s.DependsOn = nil
	}
}

// hookFirst notes what becomes of waiting for a hook. Hooks run at their
// moments, and those of one moment by name, one after the other.
func (c *coloring) hookFirst(d, on Service) {
	order := []labels.Hook{labels.HookExpand, "", labels.HookDemoted, labels.HookSmoke, labels.HookPromoted, labels.HookContract} // "" starts the services
	mine, other := slices.Index(order, d.Spec.Hook), slices.Index(order, on.Spec.Hook)
	switch {
	case mine == other && d.Name < on.Name:
		c.note(Error, d.Name, "depends_on", "bg runs the hook %s after this one, as hooks of one kind run in the order of their names; rename one, such as 1-%s and 2-%s", on.Name, on.Name, d.Name)
	case mine == other || mine > other && on.Spec.Hook != labels.HookDemoted:
		c.note(Info, d.Name, "depends_on", "bg runs the hook %s to its end before it starts this", on.Name)
	default:
		c.note(Warning, d.Name, "depends_on", "it doesn't wait for %s, which runs at another moment (bg.hook=%s)", on.Name, on.Spec.Hook)
	}
}
