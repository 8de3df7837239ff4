package rollout

import (
	"fmt"
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

// parked reports whether the container has to wait for its color's turn. It
// is as good as ready: it will be, or was.
func (t *turn) parked(m *Container) bool {
	return m.exclusive() && t.holder() != m.Spec.Color
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

// handover lets the exclusive services of the release take over from the
// old color's: these stop first, all of them.
func (t *turn) handover() Step {
	r := t.app.Run
	c := r.Color
	if len(t.exclusives(c)) == 0 && len(t.exclusives(c.Other())) == 0 {
		return Traffic
	}
	if t.holder() != c {
		t.app.Holder = c
		t.app.Reclaim = false
	}
	for _, m := range t.exclusives(c.Other()) {
		if m.runs() {
			t.want(m, ActStop)
		}
	}
	if !t.stopped(t.exclusives(c.Other())) {
		return t.handoverLate()
	}
	if r.Idle.IsZero() {
		t.edit(func(r *Run) { r.Idle = t.in.Now })
	}
	ready := true
	for _, m := range t.exclusives(c) {
		if !m.runs() && (!m.Ran || r.Revived) && t.refused(m) {
			t.fail(Failed, fmt.Sprintf("container %s could not be started: %s", m.Name, t.in.Failures[m.ID]))
			return Handover
		}
		ready = ready && m.ready()
	}
	if !ready || !t.proven(c) {
		return t.handoverLate()
	}
	if t.app.Active != "" && t.app.Active != c && len(t.exclusives(c.Other())) > 0 {
		t.record(HandedOver, fmt.Sprintf("%s runs the exclusive services, %s after %s's had stopped",
			c, t.in.Now.Sub(t.app.Run.Idle).Round(time.Millisecond), c.Other()), bg)
	}
	return Traffic
}

func (t *turn) handoverLate() Step {
	c := t.app.Run.Color
	if limit := t.deadline(c); t.late(limit) {
		t.fail(TimedOut, fmt.Sprintf("exclusive services were not handed over within %s: %s", limit, t.whyExclusive(c)))
	}
	return Handover
}

func (t *turn) whyExclusive(c labels.Color) string {
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

func (t *turn) stopped(all []*Container) bool {
	for _, m := range all {
		if m.runs() {
			return false
		}
	}
	return true
}

// reclaim gives the exclusive services back to the active color when the
// release that had got them has ended without it.
func (t *turn) reclaim() {
	if r := t.app.Run; t.app.Active != "" && t.app.Holder != "" && t.app.Holder != t.app.Active && !t.app.releasing(t.app.Holder) {
		t.app.Holder, t.app.Reclaim = t.app.Active, true
		t.record(HandedOver, fmt.Sprintf("%s takes the exclusive services back", t.app.Active), bg)
		_ = r
	}
	if !t.app.Reclaim {
		return
	}
	c := t.app.Holder
	for _, m := range t.exclusives(c.Other()) {
		if m.runs() {
			t.want(m, ActStop)
		}
	}
	if !t.stopped(t.exclusives(c.Other())) {
		return
	}
	back := true
	for _, m := range t.exclusives(c) {
		if !m.runs() {
			back = false
			t.want(m, ActStart)
		}
	}
	if back {
		t.app.Reclaim = false
	}
}
