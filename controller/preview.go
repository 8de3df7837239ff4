package controller

import (
	"slices"
	"strings"

	"bg/controller/rollout"
	"bg/labels"
)

// preview says how those who know reach the color that the route has a preview
// of, "" if it has none. The header's value is what they have to know: it is
// not told.
func preview(r *rollout.Route) string {
	if r == nil {
		return ""
	}
	color, ways := "", []string(nil)
	add := func(way string) {
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	for _, s := range r.Services {
		for _, b := range s.Backends {
			if b.Preview == (labels.Preview{}) {
				continue
			}
			color = string(b.Color)
			if name, _, found := strings.Cut(b.Preview.Header, "="); found {
				add("with the header " + name)
			}
			if b.Preview.Host != "" {
				add("at " + b.Preview.Host)
			}
		}
	}
	if len(ways) == 0 {
		return ""
	}
	slices.Sort(ways)
	return color + ", " + strings.Join(ways, " or ")
}
