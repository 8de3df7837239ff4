package rollout

import (
	"cmp"
	"fmt"
	"time"

	"bg/labels"
)

// pending says in one line what the release under way waits for.
func (t *turn) pending() string {
	if !t.app.underWay() {
		return ""
	}
	r := t.app.Run
	other := r.Color.Other()
	switch r.Step {
	case Clear:
		return fmt.Sprintf("what is left of %s drains and stops", r.Color)
	case Prepare:
		return "bg deploy creates the containers"
	case Start:
		return t.whyStart(r.Color)
	case Expand, Smoke, Verify, Contract:
		return t.pendingHook()
	case Handover:
		return t.whyExclusive(r.Color)
	case Traffic:
		return t.pendingTraffic()
	case Soak:
		if t.app.Held {
			return fmt.Sprintf("%s stays warm until bg resume", other)
		}
		return fmt.Sprintf("%s stays warm", other)
	}
	return fmt.Sprintf("%s drains and stops", other)
}

func (t *turn) pendingHook() string {
	r := t.app.Run
	for _, m := range t.hooksOf(r.Color) {
		if m.ID == r.Hook && m.valid() {
			return fmt.Sprintf("hook %s runs", m.Spec.Service)
		}
	}
	switch {
	case r.Step == Verify && !r.Live:
		return "the proxy is to serve it"
	case r.Step == Contract && !t.alone(r.Color):
		return fmt.Sprintf("contract hooks wait until %s is removed: it could get users again", r.Color.Other())
	case r.Step == Contract:
		return "bg contract runs its contract hooks"
	case r.Step == Expand:
		return "hooks begin"
	}
	return "smoke tests run"
}

func (t *turn) pendingTraffic() string {
	c := t.app.Run.Color
	switch {
	case t.app.Held && t.app.Run.Doubt != "":
		return fmt.Sprintf("%s is held at %d%%, %s: bg promote, bg resume, or bg rollback", c, t.app.Weight, t.app.Run.Doubt)
	case t.app.Held:
		return fmt.Sprintf("%s is held at %d%%: bg promote, bg resume, or bg rollback", c, t.app.Weight)
	case !t.automatic(c):
		return "bg promote, or bg canary PERCENT"
	case t.app.Weight > 0:
		return fmt.Sprintf("%s has %d%%", c, t.app.Weight)
	}
	return t.why(c)
}

// due returns when what the run waits for now is given up, as long as it
// stays in sight; zero if it never is.
func (t *turn) due() time.Time {
	if !t.app.underWay() || t.app.Run.Spent.Mark.IsZero() {
		return time.Time{}
	}
	r := t.app.Run
	limit := t.deadline(r.Color)
	switch {
	case r.Hook != "":
		for _, m := range t.hooksOf(r.Color) {
			if m.ID == r.Hook && m.valid() {
				limit = cmp.Or(m.Spec.Deadline, usual)
			}
		}
	case r.Step == Clear, r.Step == Prepare, r.Step == Retire:
		limit = patience
	}
	return r.Spent.Mark.Add(limit - r.Spent.Total)
}

// goal returns the healthy time that the step of the run needs; 0 if it is
// no matter of time.
func (t *turn) goal() time.Duration {
	if !t.app.underWay() {
		return 0
	}
	switch r := t.app.Run; {
	case r.Step == Soak:
		return t.longest(r.Color, func(s *labels.Spec) time.Duration { return s.Soak })
	case r.Step == Traffic && t.app.Weight > 0 && !t.app.Held:
		return t.longest(r.Color, func(s *labels.Spec) time.Duration { return s.Canary.Interval })
	}
	return 0
}
