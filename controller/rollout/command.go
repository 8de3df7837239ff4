package rollout

import (
	"fmt"
	"time"

	"bg/labels"
)

// command carries out one operator's request, or refuses it and changes
// nothing.
func (t *turn) command(c Command) {
	message, refusal := "", ""
	t.told = nil
	switch {
	case c.Verb == Deploy:
		message, refusal = t.deploy(c)
	case c.Verb == Proceed:
		message, refusal = t.proceed(c)
	case c.Verb == GiveUp:
		message, refusal = t.giveUp(c)
	case c.Verb == PutLock:
		message, refusal = t.lock(c)
	case c.Verb == LiftLock:
		message, refusal = t.unlock(c)
	case c.Verb == AskContract:
		message, refusal = t.askContract(c)
	case c.Verb == Pause:
		message, refusal = t.pause(c)
	case c.Verb == GoOn:
		message, refusal = t.resume(c)
	case t.app.Active == "" && (c.Verb != Promote || t.challenger() == ""):
		refusal = fmt.Sprintf("no color of %s is ready yet: %s", t.app.Name, t.whyNone())
	case c.Verb == Promote:
		message, refusal = t.promote(c)
	case c.Verb == Canary:
		message, refusal = t.canary(c)
	case c.Verb == Rollback:
		message, refusal = t.rollback(c)
	default:
		refusal = fmt.Sprintf("%q is nothing that bg can do", c.Verb)
	}
	t.replies = append(t.replies, Reply{ID: c.ID, Message: message, Refusal: refusal, Run: t.told})
}

// challenger is the color that an operator may promote: the one that is not
// active, or, while none is, one whose only fault is to be latched.
func (t *turn) challenger() labels.Color {
	if t.app.Active != "" {
		return t.app.Active.Other()
	}
	for _, c := range labels.Colors {
		if t.app.side(c).Role == Demoted && t.proven(c) {
			return c
		}
	}
	return ""
}

func (t *turn) promote(c Command) (message, refusal string) {
	color, cause := t.challenger(), "bg promote"
	if c.Full {
		cause += " --full"
	}
	if c.Force {
		cause += " --force"
	}
	if t.app.releasing(color) && t.app.Run.Step == Handover && t.holder() != color && t.holds(color) {
		t.app.Held = false
		t.edit(func(r *Run) { r.Promoted = true })
		return fmt.Sprintf("%s gets all of %s once its exclusive services have taken over", color, t.app.Name), ""
	}
	if refusal := t.mayRise(color, c.Force); refusal != "" {
		return "", refusal
	}
	if c.From != nil && *c.From != t.app.Weight { // sent twice, or by two people
		return "", fmt.Sprintf("%s of %s has %d%% by now, not the %d%% that it was to be promoted from: bg promote once more if it still shall be",
			color, t.app.Name, t.app.Weight, *c.From)
	}
	if percent, ok := t.ascend(color, c); ok {
		return fmt.Sprintf("%s gets %d%% of %s", color, percent, t.app.Name), ""
	}
	t.switchTo(color, Standby, Promoted, cause, c.Actor)
	return fmt.Sprintf("%s gets all of %s", color, t.app.Name), ""
}

func (t *turn) canary(c Command) (message, refusal string) {
	color := t.app.Active.Other()
	if c.Percent < 0 || c.Percent > 100 {
		return "", fmt.Sprintf("%d%% is not between 0 and 100", c.Percent)
	}
	s := t.app.side(color)
	if c.Percent > t.app.Weight || s.Role != Candidate {
		if refusal := t.mayRise(color, c.Force); refusal != "" {
			return "", refusal
		}
	}
	if c.Percent < t.app.Weight {
		if refusal := t.mayReturn(); refusal != "" {
			return "", refusal
		}
	}
	if s.Role == Demoted { // forced
		s.Role, s.At, s.Cause = Candidate, t.in.Now, "bg canary --force"
	}
	t.app.Held = true
	if t.app.Weight != c.Percent {
		t.app.Weight = c.Percent
		t.record(Shifted, fmt.Sprintf("bg canary %d", c.Percent), c.Actor)
	}
	return fmt.Sprintf("%s gets %d%% of %s", color, c.Percent, t.app.Name), ""
}

// mayRise returns why the color may not be given traffic by an operator.
func (t *turn) mayRise(color labels.Color, force bool) string {
	s, name := t.app.side(color), t.app.Name
	switch {
	case s.Role == "":
		return fmt.Sprintf("%s has no candidate: %s is active and nothing of %s was seen; bring up %s first",
			name, t.app.Active, color, color)
	case s.Role == Retired:
		return fmt.Sprintf("%s has no candidate: %s is active and %s is stopped; bg rollback %s starts it again",
			name, t.app.Active, color, name)
	case s.Role == Standby:
		return fmt.Sprintf("%s has no candidate: %s is active and %s is its standby; bg rollback %s goes back to it",
			name, t.app.Active, color, name)
	case s.Role == Demoted && !force:
		return fmt.Sprintf("%s of %s was demoted at %s (%s): release new containers, or use --force",
			color, name, s.At.UTC().Format(time.RFC3339), s.Cause)
	case !t.proven(color):
		return fmt.Sprintf("%s of %s is not ready: %s", color, name, t.why(color))
	case t.app.releasing(color) && t.app.Run.Step.before(Traffic) && !force:
		return fmt.Sprintf("%s of %s is not tested yet: its release is at %s (%s); wait, or use --force", color, name, t.app.Run.Step, t.pending())
	}
	return ""
}

// mayReturn returns why the active color may not take traffic back.
func (t *turn) mayReturn() string {
	if active := t.app.Active; !t.able(active) || !t.any(active) {
		return fmt.Sprintf("%s of %s is not ready to take traffic back: %s", active, t.app.Name, t.why(active))
	}
	return ""
}

func (t *turn) rollback(c Command) (message, refusal string) {
	active, other := t.app.Active, t.app.Active.Other()
	s, name := t.app.side(other), t.app.Name
	cause := "bg rollback"
	if c.Force {
		cause += " --force"
	}
	if t.app.Weight > 0 {
		if refusal := t.mayReturn(); refusal != "" {
			return "", refusal
		}
	}
	switch {
	case t.app.releasing(other) && t.app.Run.Step.before(Expand) && s.Role != Candidate:
		t.record(RolledBack, cause, c.Actor)
		t.end(Failed, cause)
		return fmt.Sprintf("%s keeps all of %s, release %s is ended", active, name, t.app.Run.ID), ""
	case s.Role == Candidate:
		if t.app.releasing(other) && t.app.Run.Step.before(Expand) {
			defer t.end(Failed, cause) // nothing of it has started
		}
		t.latch(other, cause)
		t.app.Weight, t.app.Held = 0, false
		t.record(RolledBack, cause, c.Actor)
		return fmt.Sprintf("%s gets all of %s, %s is held back", active, name, other), ""
	case s.Role == Retired:
		return t.revive(c)
	case s.Role == "":
		return "", fmt.Sprintf("%s has nothing to roll back to: only %s was ever seen", name, active)
	case s.Role == Demoted && !c.Force:
		return "", fmt.Sprintf("%s of %s was demoted at %s (%s): bg promote --force %s moves traffic there all the same",
			other, name, s.At.UTC().Format(time.RFC3339), s.Cause, name)
	case !t.proven(other):
		return "", fmt.Sprintf("%s of %s is not ready to go back to: %s", other, name, t.why(other))
	}
	t.switchTo(other, Demoted, RolledBack, cause, c.Actor)
	return fmt.Sprintf("%s gets all of %s again", other, name), ""
}
