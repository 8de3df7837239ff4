package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"

	"bg/labels"
)

// entry is one colored container of a list.
type entry struct {
	id     string
	face   face
	labels map[string]string
	ports  []int
}

// list returns the containers with label bg.enable in any state, without those
// of another network's controller. It answers
// all of them or an error.
func (c *conn) list(ctx context.Context, limit int, network string) ([]entry, error) {
	var entries []entry
	err := c.call(ctx, "list containers", func(ctx context.Context) error {
		all, err := c.ContainerList(ctx, container.ListOptions{
			All:     true,
			Filters: filters.NewArgs(filters.Arg("label", "bg.enable")),
		})
		switch {
		case err != nil:
			return err
		case all == nil:
			return errors.New("the answer is null")
		case len(all) > limit:
			return fmt.Errorf("%d containers have the label bg.enable, bg takes at most %d: remove some", len(all), limit)
		}
		seen := make(map[string]bool, len(all))
		for i := range all {
			s := &all[i]
			switch {
			case !validID(s.ID):
				return fmt.Errorf("%.80q is no container ID", s.ID)
			case seen[s.ID]:
				return fmt.Errorf("container %s is listed twice", s.ID)
			}
			seen[s.ID] = true
			if !labels.Enabled(s.Labels) || foreign(s.Labels, network) {
				continue
			}
			e := entry{id: s.ID, face: faceOfList(s), labels: s.Labels}
			for _, p := range s.Ports {
				if p.Type == "tcp" {
					e.ports = append(e.ports, int(p.PrivatePort))
				}
			}
			entries = append(entries, e)
		}
		return nil
	})
	return entries, err
}
