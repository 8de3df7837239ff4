package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// exclusive reports whether the container may never run beside one of the
// other color.
func (c *Container) exclusive() bool { return c.valid() && c.Spec.Handover == labels.Exclusive }

// holder is the color whose exclusive services may run.
func (t *turn) holder() labels.Color {
	if t.app.Holder != "" {
		return t.app.Holder
	}
	return t.app.Active
}

// parked reports whether the container has to wait for its color's turn, or
// is on its way in or back: that is no fault of its color's.
func (t *turn) parked(m *Container) bool {
	if !m.exclusive() {
		return false
	}
	c := m.Spec.Color
	return t.holder() != c || t.app.Reclaim || t.app.releasing(c) && t.app.Run.Step == Handover
}

func (t *turn) exclusives(c labels.Color) []*Container {
	var out []*Container
	for _, m := range t.members.of(c) {
		if m.exclusive() {
			out = append(out, m)
		}
	}
	return out
}

// exposed reports whether users reach an exclusive service of the color.
// Such a one can't share them with the other color, nor wait for an operator
// once it has taken over: nothing else answers.
func (t *turn) exposed(c labels.Color) bool {
	return slices.ContainsFunc(t.exclusives(c), (*Container).reached)
}

// holds reports whether the handover waits for an operator, as the traffic
// that moves with it is theirs to give.
func (t *turn) holds(c labels.Color) bool {
	return t.app.Active != "" && t.exposed(c) && (t.app.Held || !t.automatic(c)) && !t.app.Run.Promoted
}

// handover lets the exclusive services of the release take over from the
// old color's: these stop first, all of them.
func (t *turn) handover() Step {
	c := t.app.Run.Color
	old, all := t.exclusives(c.Other()), t.exclusives(c)
	if len(all)+len(old) == 0 {
		return Traffic
	}
	if t.holder() != c {
		// What is not exclusive must be able to take over at once.
		if !t.fit() || t.in.Blind || t.holds(c) {
			return Handover
		}
	}
	t.app.Holder, t.app.Reclaim, t.app.Returning = c, false, Observed{}
	for _, m := range old {
		t.halt(m)
	}
	if !t.stopped(old) {
		t.bound("exclusive services were not handed over", t.whyExclusive)
		return Handover
	}
	if t.app.Run.Idle.IsZero() {
		t.edit(func(r *Run) { r.Idle = t.in.Now })
	}
	ready := true
	for _, m := range all {
		if !m.runs() && (!m.Ran || t.app.Run.Revived) && t.refused(m) {
			t.fail(Failed, fmt.Sprintf("container %s could not be started: %s", m.Name, t.in.Failures[m.ID]))
			return Handover
		}
		ready = ready && m.ready()
	}
	if !ready || !t.proven(c) {
		t.bound("exclusive services were not handed over", t.whyExclusive)
		return Handover
	}
	if t.app.Active != "" && t.app.Active != c && len(old) > 0 {
		gap := max(0, t.in.Now.Sub(t.app.Run.Idle)).Round(time.Millisecond)
		t.record(HandedOver, fmt.Sprintf("%s runs the exclusive services, %s after %s's had stopped", c, gap, c.Other()), bg)
	}
	return Traffic
}

func (t *turn) whyExclusive(c labels.Color) string {
	if t.holder() != c && t.holds(c) {
		return "bg promote: users move with the exclusive services"
	}
	for _, m := range t.exclusives(c.Other()) {
		if m.runs() {
			return fmt.Sprintf("container %s has not stopped", m.Name)
		}
	}
	for _, m := range t.exclusives(c) {
		if !m.ready() {
			return m.fault()
		}
	}
	return t.why(c)
}

// reclaim gives the exclusive services back to the active color when the
// release that had got them has ended without it.
func (t *turn) reclaim() {
	if t.app.Active != "" && t.app.Holder != "" && t.app.Holder != t.app.Active && !t.app.releasing(t.app.Holder) {
		t.app.Holder, t.app.Reclaim, t.app.Returning = t.app.Active, true, Observed{}
		t.record(HandedOver, fmt.Sprintf("%s takes the exclusive services back", t.app.Active), bg)
	}
	if !t.app.Reclaim {
		return
	}
	c := t.app.Holder
	old := t.exclusives(c.Other())
	for _, m := range old {
		t.halt(m)
	}
	if !t.stopped(old) {
		return
	}
	back := true
	for _, m := range t.exclusives(c) {
		if !m.runs() {
			t.want(m, ActStart)
		}
		back = back && m.ready()
	}
	// One that does not get ready has had its time, and counts again.
	over := false
	t.app.Returning, over = t.watch(t.app.Returning, t.known(c), t.deadline(c))
	if back || over {
		t.app.Reclaim, t.app.Returning = false, Observed{}
	}
}
