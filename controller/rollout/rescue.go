package rollout

import (
	"slices"

	"bg/labels"
)

// Proxy is what the proxy can do beside weights.
type Proxy struct {
	// Failover: it can send a request that one color could not answer to the
	// other.
	Failover bool
	// Metrics: it tells how requests went.
	Metrics bool
}

// rescuer returns the color that answers safe requests which the release
// could not, or "": the active color in a canary, the standby from the switch
// to the end of the soak. It has to be proven to begin with, and the labels can
// forbid it.
func (t *turn) rescuer() labels.Color {
	if !t.app.underWay() || !t.canRescue() {
		return ""
	}
	r := t.app.Run
	c := r.Color.Other()
	switch {
	case t.app.Active == r.Color && t.app.side(c).Role == Standby && t.app.Weight == 0 && r.Step.before(Retire):
	case t.app.Active == c && t.app.Weight > 0:
	default:
		return ""
	}
	// What can't be told right now is no reason to take away what it has.
	if !t.proven(c) && !(t.rescuing(c) && t.able(c)) || slices.ContainsFunc(t.both(), func(m *Container) bool { return m.valid() && !m.Spec.Failover }) {
		return ""
	}
	return c
}

// canRescue reports whether the proxy can do it. As long as that is not
// known, what is there stays.
func (t *turn) canRescue() bool {
	if t.in.Proxy != nil {
		return t.in.Proxy.Failover
	}
	return t.rescuing(labels.Blue) || t.rescuing(labels.Green)
}

func (t *turn) both() []*Container { return slices.Concat(t.members.blue, t.members.green) }

// rescuing reports whether the color stands behind the other one in the
// route, so that it may get requests without a share of its own.
func (t *turn) rescuing(c labels.Color) bool {
	return t.app.Route != nil && slices.ContainsFunc(t.app.Route.Services, func(s Service) bool { return s.Rescue == c })
}

// back puts the rescuing color behind the service's others, if it has it.
func (t *turn) back(s *Service, rescuer labels.Color, http labels.HTTP) {
	if rescuer == "" {
		return
	}
	if b := s.backend(rescuer); b != nil {
		if len(b.Servers) > 0 && len(s.Backends) > 1 {
			s.Rescue = rescuer
		}
		return
	}
	i := slices.IndexFunc(http.Services, func(o labels.Service) bool { return o.Name == s.Name })
	if i < 0 {
		return
	}
	if servers := t.servers(rescuer, http.Services[i]); len(servers) > 0 {
		s.Backends = append(s.Backends, Backend{Color: rescuer, Options: http.Services[i], Servers: servers})
		s.Rescue = rescuer
	}
}
