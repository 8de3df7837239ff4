package rollout

import (
	"slices"
	"strconv"

	"bg/labels"
)

// stick has visitors keep the color that they get of the service, where two
// share it and the labels of either ask for that.
//
// The name comes from when the candidate came, so that it outlasts every change
// of its share. The next candidate has another one: whoever was kept with the
// color before would else be among the first to get it again, whatever the share.
func (t *turn) stick(s *Service) {
	if len(s.Backends) < 2 || !slices.ContainsFunc(t.both(), func(m *Container) bool {
		return m.valid() && m.Spec.Sticky && m.serves(s.Name)
	}) {
		return
	}
	since := t.app.side(t.app.Active.Other()).At
	s.Sticky = strconv.FormatInt(max(0, since.UnixMilli()), 36)
}

// serves reports whether the container's labels define the service.
func (c *Container) serves(service string) bool {
	return slices.ContainsFunc(c.Spec.HTTP.Services, func(o labels.Service) bool { return o.Name == service })
}
