package rollout

import (
	"fmt"
	"slices"

	"bg/controller/judge"
	"bg/labels"
)

// alarm tells people of what only they can mend: users get errors, and no
// other color is there to give them. It does so once, until that is over.
func (t *turn) alarm() {
	c := t.app.Active
	if c == "" {
		return
	}
	s, cause := t.app.side(c), ""
	all := t.members.of(c)
	known := !t.in.Blind && !slices.ContainsFunc(all, (*Container).undecided)
	settled := known && !slices.ContainsFunc(all, (*Container).onItsWay)
	switch j := t.judgment(); {
	case settled && !t.able(c) && len(all) > 0: // else somebody has taken it down
		cause = t.why(c)
	case j != nil && j.Outcome == judge.Fail && t.app.Run.Color == c:
		cause, t.evidence = j.text(), j
	}
	switch {
	case cause == "" && known && (t.able(c) || len(all) == 0):
		s.Alarm = ""
	case cause != "" && s.Alarm == "":
		s.Alarm = brief(cause)
		t.record(Alarmed, fmt.Sprintf("%s: %s; %s", c, brief(cause), t.wayBack(c.Other())), bg)
	}
	t.evidence = nil
}

// onItsWay reports whether the container is about to be something else: one
// that is replaced or started is no cause for alarm yet.
func (c *Container) onItsWay() bool {
	return c.Condition == Created || c.Condition == Starting || c.Condition == Stopping
}

// wayBack says what is left of the other color to go back to.
func (t *turn) wayBack(c labels.Color) string {
	name := t.app.Name
	switch s := t.app.side(c); {
	case s.Role == Retired && len(t.members.of(c)) > 0 && !s.Outdated:
		return fmt.Sprintf("%s is stopped: bg rollback %s starts it again", c, name)
	case s.Role == Retired || s.Role == "" || len(t.members.of(c)) == 0:
		return fmt.Sprintf("nothing of %s is left: bg rollback --to RELEASE starts a release that was kept, bg history --releases lists them", c)
	case s.Role == Demoted && t.proven(c):
		return fmt.Sprintf("%s was demoted before (%s): bg promote --force %s goes back to it all the same", c, brief(s.Cause), name)
	}
	return fmt.Sprintf("%s can't take over: %s", c, t.why(c))
}
