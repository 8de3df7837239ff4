package compose

import (
	"fmt"

	"bg/labels"
)

// Target is what a rendering is for.
type Target struct {
	Color   labels.Color
	Release string            // as in label bg.release; "" sets none
	Network string            // of the proxy, which exists already; "" where there is none
	Images  map[string]string // service -> image reference to run; the others run Service.Image
}

// Render returns the Compose file of one color's project: the same bytes for
// the same project and target. It names every path, volume and network in
// full and holds nothing for Compose to replace.
//
// It may hold secrets that the user's files hold, such as in environment:,
// so whoever writes it to a disk must give it mode 0600.
func (p *Project) Render(t Target) ([]byte, error) {
	if !t.Color.Valid() {
		return nil, fmt.Errorf("render project %s: the color %q is neither blue nor green", p.Name, t.Color)
	}
	c := coloring{p: p, t: t, note: func(_, _, _, _ string, _ ...any) {}}
	data, err := encode(c.project())
	if err != nil {
		return nil, fmt.Errorf("render project %s: %w", p.ColorName(t.Color), err)
	}
	return data, nil
}
