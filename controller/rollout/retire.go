package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// drain counts for each color without users how long it has been so for all
// that the proxy was seen to serve. Until that is bg.drain, it is busy.
func (t *turn) drain() {
	for _, c := range labels.Colors {
		s := t.app.side(c)
		switch {
		case !s.Busy || t.app.Share(c) > 0:
		case t.app.Generation > t.confirmed || t.app.Undo != nil:
			s.Quiet = Observed{}
		default:
			goal := t.longest(c, func(s *labels.Spec) time.Duration { return s.Drain })
			var over bool
			if s.Quiet, over = t.watch(s.Quiet, true, goal); over {
				s.Busy, s.Quiet = false, Observed{}
			}
		}
	}
}

// occupy notes which colors have users from now on.
func (t *turn) occupy() {
	for _, c := range labels.Colors {
		switch s := t.app.side(c); {
		case t.app.Share(c) > 0:
			s.Busy, s.Quiet = true, Observed{}
		case len(t.members.of(c)) == 0:
			s.Busy, s.Quiet = false, Observed{}
		case t.rerouted:
			s.Quiet = Observed{} // counted anew from the confirmation
		}
	}
}

// stoppable reports whether the color's containers may be stopped: nobody is
// sent to them, that is confirmed, and those who were have had their time.
func (t *turn) stoppable(c labels.Color) bool {
	return t.app.Active != c && t.app.Share(c) == 0 && !t.app.side(c).Busy && t.app.Undo == nil
}

// stopAll has the color's containers stopped as soon as they may be, and
// reports whether none runs.
func (t *turn) stopAll(c labels.Color) bool {
	all := slices.Concat(t.members.of(c), t.hooksOf(c))
	if t.stopped(all) {
		return true
	}
	if t.stoppable(c) {
		for _, m := range all {
			if m.runs() {
				t.want(m, ActStop)
			}
		}
	}
	return false
}

// retire stops the old color. From the moment that this is decided nobody
// can go back to it.
func (t *turn) retire() Step {
	other := t.app.Run.Color.Other()
	s := t.app.side(other)
	keep := slices.ContainsFunc(t.members.of(other), func(m *Container) bool { return m.valid() && m.Spec.Retire == labels.Keep })
	if s.Role != Standby && s.Role != Retired || len(t.members.of(other)) == 0 || keep && s.Role == Standby {
		return Contract
	}
	if s.Role == Standby {
		if !t.stoppable(other) {
			return Retire
		}
		t.withdraw(other, fmt.Sprintf("%s has soaked", t.app.Run.Color))
	}
	if !t.stopAll(other) {
		return Retire
	}
	return Contract
}

// withdraw takes a color without users out of what can be gone back to.
func (t *turn) withdraw(c labels.Color, cause string) {
	s := t.app.side(c)
	s.Role, s.Cause, s.At, s.Services = Retired, cause, t.in.Now, nil
	s.Release = s.Seen
	t.record(Withdrawn, fmt.Sprintf("%s is stopped: %s", c, cause), bg)
}
