package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// drain notes which colors have users, and counts for each that has none any
// more how long that has been so for all that the proxy was seen to serve.
// Until that is bg.drain, it is busy.
func (t *turn) drain() {
	for _, c := range labels.Colors {
		s := t.app.side(c)
		switch {
		case t.reachable(c):
			s.Busy, s.Quiet = true, Observed{}
		case !s.Busy:
		case len(t.members.of(c)) == 0:
			s.Busy, s.Quiet = false, Observed{}
		case t.app.Generation > t.confirmed || t.app.Undo != nil:
			s.Quiet = Observed{} // counted anew from the confirmation
		default:
			var over bool
			if s.Quiet, over = t.watch(s.Quiet, true, t.drains(c)); over {
				s.Busy, s.Quiet = false, Observed{}
			}
		}
	}
}

// drains returns how long the color drains.
func (t *turn) drains(c labels.Color) time.Duration {
	const otherwise = 10 * time.Second // the default of bg.drain, for labels that cannot be read
	d := t.longest(c, func(s *labels.Spec) time.Duration { return s.Drain })
	if slices.ContainsFunc(t.members.of(c), func(m *Container) bool { return !m.valid() }) {
		return max(d, otherwise)
	}
	return d
}

// stoppable reports whether the color's containers may be stopped: nobody is
// sent to them, that is confirmed, and those who were have had their time.
func (t *turn) stoppable(c labels.Color) bool {
	return t.app.Active != c && !t.reachable(c) && !t.app.side(c).Busy && t.app.Undo == nil
}

// reachable reports whether anybody may be sent to the color. It may be without
// a share and in the route all the same: to rescue, to be previewed, or with a
// service that the color which has all of them lacks.
func (t *turn) reachable(c labels.Color) bool {
	return t.app.Share(c) > 0 || t.app.Route != nil && slices.ContainsFunc(t.app.Route.Services, func(s Service) bool {
		return s.backend(c) != nil
	})
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
			t.halt(m)
		}
	}
	return false
}

// soak keeps the old color warm until the new one was healthy for long
// enough, or nothing is left to go back to.
func (t *turn) soak() Step {
	c, old := t.app.Run.Color, t.app.Run.Color.Other()
	if !t.warm(old) {
		return Retire
	}
	if t.app.Held || len(t.members.of(c)) == 0 || !t.healthy(t.longest(c, func(s *labels.Spec) time.Duration { return s.Soak })) {
		return Soak
	}
	return Retire
}

// warm reports whether the color is what users had before. One that fell
// when the release took over is no better than a standby.
func (t *turn) warm(c labels.Color) bool {
	s := t.app.side(c)
	return (s.Role == Standby || s.Role == Demoted) && len(t.members.of(c)) > 0
}

// retire stops the old color. From the moment that this is decided nobody
// can go back to it.
func (t *turn) retire() Step {
	c, old := t.app.Run.Color, t.app.Run.Color.Other()
	if t.warm(old) {
		if slices.ContainsFunc(t.members.of(old), func(m *Container) bool { return m.valid() && m.Spec.Retire == labels.Keep }) {
			return Contract
		}
		if !t.stoppable(old) {
			return Retire
		}
		t.withdraw(old, fmt.Sprintf("%s has soaked", c))
	}
	if t.app.side(old).Role != Retired || t.stopAll(old) {
		return Contract
	}
	if t.late(patience, t.known(old)) {
		t.end(Failed, fmt.Sprintf("all users have %s, but %s did not stop within %s: %s", c, old, patience, t.whyRuns(old)))
	}
	return Retire
}

// withdraw takes a color without users out of what can be gone back to.
func (t *turn) withdraw(c labels.Color, cause string) {
	s := t.app.side(c)
	s.Role, s.Cause, s.At, s.Services = Retired, cause, t.in.Now, nil
	s.Release = s.Seen
	t.record(Withdrawn, fmt.Sprintf("%s is stopped: %s", c, cause), bg)
}
