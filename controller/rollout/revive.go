package rollout

import "fmt"

// revive starts a retired color again, as a release with the same gates.
func (t *turn) revive(c Command) (message, refusal string) {
	color, name := t.app.Active.Other(), t.app.Name
	s := t.app.side(color)
	switch {
	case t.engaged(Contract):
		return "", t.busy()
	case len(t.members.of(color)) == 0:
		return "", fmt.Sprintf("the containers of %s are gone: bg rollback --to RELEASE starts a release again, bg history --releases lists them", color)
	case s.Outdated && !c.Force:
		return "", fmt.Sprintf("a contract hook of a later release has changed the database under %s: release what fits it, with bg deploy", color)
	}
	if why := t.conflict(t.specs(nil, color)); why != "" {
		return "", fmt.Sprintf("%s of %s cannot come back: %s", color, name, why)
	}
	t.begin(Run{ID: s.ID, Digest: s.Digest, Color: color, Step: Start, By: c.Actor, Message: "bg rollback", Revived: true})
	t.told = t.app.Run
	t.app.Weight, t.app.Held = 0, false
	s.Role, s.Services, s.Cause, s.At, s.Release = Candidate, nil, "bg rollback", t.in.Now, s.Seen
	t.record(RolledBack, fmt.Sprintf("bg rollback: %s is started again", color), c.Actor)
	return fmt.Sprintf("%s of %s is started again and gets all users once it is ready", color, name), ""
}
