package compose

import (
	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// Kind says what bg does with a service.
type Kind string

// The kinds of services.
const (
	Colored Kind = "colored" // bg.enable=true: runs once per color
	Shared  Kind = "shared"  // everything else: stays in the user's project
	Hook    Kind = "hook"    // bg.hook=...: runs once per release, to its end
)

// Service is one service of the user's project.
type Service struct {
	Name      string
	Kind      Kind
	Spec      labels.Spec // of Colored and Hook, as decoded from the labels
	Image     string      // as docker compose names it: image:, or NAME-SERVICE for a built one
	Build     bool        // it has a build section
	Replicas  int
	Exclusive bool // bg.handover=exclusive

	// Waits are the shared services that it depends on, with what must hold
	// of each: service_started, service_healthy or
	// service_completed_successfully.
	Waits map[string]string
}

// Project is a user's project, split. It is read-only once it is loaded and
// may be used by several goroutines.
type Project struct {
	Name     string    // Compose's project name
	App      string    // the app's name: label bg.app, else Name
	Services []Service // sorted by name
	Notes    []Note    // sorted by service
	Files    []string  // the Compose files, as absolute paths

	model   *types.Project // as Compose sees it; never changed
	options Options        // resolved: what docker compose must be told to see the same
}

// ColorName returns the name of the Compose project of one color.
func (p *Project) ColorName(c labels.Color) string { return p.Name + "-" + string(c) }

// service returns the service with the given name.
func (p *Project) service(name string) (Service, bool) {
	for _, s := range p.Services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// named returns the names of the services of the given kinds, sorted.
func (p *Project) named(kinds ...Kind) []string {
	var names []string
	for _, s := range p.Services {
		for _, k := range kinds {
			if s.Kind == k {
				names = append(names, s.Name)
			}
		}
	}
	return names
}
