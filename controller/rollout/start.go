package rollout

import (
	"fmt"
	"slices"
	"time"

	"bg/labels"
)

// patience is how long a client may take to bring up what is shared and to
// create the containers of its release, and how long containers may take to
// stop once they are told to.
const patience = 30 * time.Minute

// clear stops what is left in the color of the release.
func (t *turn) clear() Step {
	c := t.app.Run.Color
	if t.stopAll(c) {
		return Prepare
	}
	if t.late(patience, t.stoppable(c) && t.known(c)) {
		t.fail(Failed, fmt.Sprintf("what is left of %s did not stop within %s: %s", c, patience, t.whyRuns(c)))
	}
	return Clear
}

// prepare waits for the client, and until all that it has created is seen.
func (t *turn) prepare() Step {
	if r := t.app.Run; r.Created > 0 && t.created() >= r.Created {
		return Expand
	}
	if t.late(patience, true) {
		t.fail(Failed, "its client did not create the containers within "+patience.String())
	}
	return Prepare
}

// created counts the containers of the run, hooks among them. What has
// labels that can't be read counts too, else nobody would be told of them.
func (t *turn) created() int {
	n, r := 0, t.app.Run
	for _, all := range [][]*Container{t.members.of(r.Color), t.hooksOf(r.Color)} {
		for _, m := range all {
			if m.Spec.Release == r.ID || !m.valid() {
				n++
			}
		}
	}
	return n
}

// start waits until the color is ready.
func (t *turn) start() Step {
	r := t.app.Run
	c, s := r.Color, t.app.side(r.Color)
	if r.Revived {
		for _, m := range t.members.of(c) {
			if !t.parked(m) && !m.runs() && t.refused(m) {
				t.fail(Failed, fmt.Sprintf("container %s could not be started: %s", m.Name, t.in.Failures[m.ID]))
				return Start
			}
		}
	}
	if s.Services != nil && t.covers(c, (*Container).ready) && t.stranger(c) == nil {
		if t.releaseOf(c) == r.ID { // else an operator was faster than Compose
			s.ID, s.Digest = r.ID, r.Digest
		}
		return Smoke
	}
	t.bound("not ready", t.whyStart)
	return Start
}

// stranger returns a container of the color that is not of the run, as far
// as labels tell, or nil. Compose may still be replacing some.
func (t *turn) stranger(c labels.Color) *Container {
	id, all := t.app.Run.ID, t.members.of(c)
	if id == "" || t.app.Active == c {
		return nil
	}
	if i := slices.IndexFunc(all, func(m *Container) bool { return m.valid() && m.Spec.Release != id }); i >= 0 {
		return all[i]
	}
	return nil
}

func (t *turn) whyStart(c labels.Color) string {
	if m := t.stranger(c); m != nil {
		return fmt.Sprintf("container %s is not of release %s: remove it", m.Name, t.app.Run.ID)
	}
	return t.why(c)
}
