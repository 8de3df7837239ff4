package compose

import (
	"context"
	"fmt"
	"slices"
)

// Strays returns the names of containers of colored services and hooks that
// run in the user's own project, as after a plain docker compose up. They
// answer to the plain names on the shared networks, so that siblings of a
// color may reach them; stop them before a release.
func (c CLI) Strays(ctx context.Context, p *Project) ([]string, error) {
	now, err := c.containers(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("look for colored services in project %s: %w", p.Name, err)
	}
	var strays []string
	for _, name := range p.named(Colored, Hook) {
		for _, one := range now[name] {
			if one.State == "running" || one.State == "restarting" {
				strays = append(strays, one.Name)
			}
		}
	}
	slices.Sort(strays)
	return strays, nil
}
