package rollout

import (
	"fmt"
	"time"

	"bg/labels"
)

// pause stops automation where it is: a canary keeps its share, a soak the
// old color. What fails is taken back all the same.
func (t *turn) pause(c Command) (message, refusal string) {
	name := t.app.Name
	switch {
	case !t.app.underWay() || !t.app.Run.Step.before(Retire):
		return "", fmt.Sprintf("no release of %s is under way that could wait: bg lock %s keeps new ones away", name, name)
	case t.app.Held:
		return "", fmt.Sprintf("%s waits already: bg resume %s lets it go on", name, name)
	}
	t.app.Held = true
	t.record(Halted, "bg pause", c.Actor)
	return fmt.Sprintf("%s keeps what it has until bg resume %s", name, name), ""
}

// resume lets automation go on. It has its time anew where bg itself had
// held the step since there was too little traffic to tell.
func (t *turn) resume(c Command) (message, refusal string) {
	name := t.app.Name
	if !t.app.Held {
		return "", name + " does not wait: bg status " + name + " shows what it does"
	}
	if other := t.app.Active.Other(); t.app.Weight > 0 && !t.app.releasing(other) {
		return "", fmt.Sprintf("%s has its %d%% by hand while another release of %s is under way: bg canary, bg promote or bg rollback moves it", other, t.app.Weight, name)
	}
	t.app.Held = false
	t.record(Resumed, "bg resume", c.Actor)
	if t.app.underWay() {
		t.edit(func(r *Run) { r.Spent, r.Doubt, r.Healthy.Mark = Observed{}, "", time.Time{} })
	}
	return name + " goes on by itself", ""
}

// hold makes automation wait for an operator and says why.
func (t *turn) hold(why string) {
	t.app.Held = true
	t.edit(func(r *Run) { r.Doubt = brief(why) })
	t.record(Halted, why, bg)
}

// ascend moves the canary of color to its next step, as an operator asks,
// and reports whether it has one.
func (t *turn) ascend(color labels.Color, c Command) (percent int, ok bool) {
	steps, _ := t.ladder(color)
	if !t.app.releasing(color) || t.app.Run.Revived || c.Full || c.Force {
		return 0, false
	}
	for i, percent := range steps {
		if percent > t.app.Weight {
			t.stepTo(i, steps, fmt.Sprintf("bg promote: canary step %d of %d", i+1, len(steps)), c.Actor)
			t.app.Held = false
			return percent, true
		}
	}
	return 0, false
}

// stepTo gives the canary the share of step i of its ladder.
func (t *turn) stepTo(i int, steps []int, cause, actor string) {
	t.app.Weight = steps[i]
	t.edit(func(r *Run) { r.Rung, r.Healthy, r.Spent, r.Doubt = i, Observed{}, Observed{}, "" })
	t.record(Shifted, cause, actor)
}
