package rollout

import (
	"slices"
	"strings"

	"bg/labels"
)

// Policy is what the operator has laid down about apps. It is immutable; nil
// lays nothing down. What users get already is not taken away by it: it holds
// for what comes next.
type Policy struct {
	// Hosts tells which apps may have the hosts of a claim, and may share them,
	// by the claim's name. The narrowest one that covers a host counts. Hosts
	// that none covers belong to the app that asks first.
	Hosts map[string][]string
	// Projects tells which Compose projects may speak for an app, by its name.
	// For one that is not among the keys all may.
	Projects map[string][]string
	// Internal lists the apps that may use what is the proxy's own.
	Internal []string
}

// owners returns the apps that the policy names for the hosts of a claim;
// found is false if it leaves them open.
func (p *Policy) owners(name string) (apps []string, found bool) {
	if p == nil {
		return nil, false
	}
	for ; ; name = wider(name) {
		if apps, found = p.Hosts[name]; found || name == labels.Every {
			return apps, found
		}
	}
}

// wider returns the name of the narrowest claim that covers the one of that
// name and more: *.b.example for a.b.example, *.example for that.
func wider(name string) string {
	_, parent, more := strings.Cut(strings.TrimPrefix(name, "*."), ".")
	if !more {
		return labels.Every
	}
	return "*." + parent
}

// shares reports whether the policy lets both apps have the hosts of a claim.
func (p *Policy) shares(name, a, b string) bool {
	apps, found := p.owners(name)
	return found && slices.Contains(apps, a) && slices.Contains(apps, b)
}

// internal reports whether the app may use what is the proxy's own.
func (p *Policy) internal(app string) bool {
	return p != nil && slices.Contains(p.Internal, app)
}

// admits reports whether the container may speak for the app that it names.
func (p *Policy) admits(c *Container) bool {
	if p == nil {
		return true
	}
	projects, bound := p.Projects[c.Spec.App]
	return !bound || slices.Contains(projects, c.Spec.Project)
}

// strange reports whether the policy keeps the container out of the app that
// it names, of which a is the standing, or nil.
func (p *Policy) strange(c *Container, a *App) bool {
	if p.admits(c) {
		return false
	}
	if a != nil {
		s := a.side(c.Spec.Color)
		return s.Role != Active && s.Role != Standby || !has(s.Seen, c.ID)
	}
	return true
}
