package rollout

import (
	"fmt"
	"time"
)

// Lock keeps new releases of an app away.
type Lock struct {
	By      string
	Since   time.Time
	Message string
}

func (t *turn) lock(c Command) (message, refusal string) {
	if l := t.app.Lock; l != nil && l.By != c.Actor {
		return "", fmt.Sprintf("%s is locked by %s since %s already", t.app.Name, l.By, clock(l.Since))
	}
	if l := t.app.Lock; l != nil && l.Message == c.Message {
		return t.app.Name + " is locked: no new release begins", "" // it was said before
	}
	t.app.Lock = &Lock{By: c.Actor, Since: t.in.Now, Message: c.Message}
	t.record(Locked, orElse(c.Message, "bg lock"), c.Actor)
	return t.app.Name + " is locked: no new release begins", ""
}

// unlock lifts the lock, and ends a release that has moved no traffic yet.
func (t *turn) unlock(c Command) (message, refusal string) {
	did := ""
	if l := t.app.Lock; l != nil {
		t.app.Lock = nil
		t.record(Unlocked, "bg unlock", c.Actor)
		did = t.app.Name + " is not locked any more"
	}
	if r := t.app.Run; t.app.underWay() && r.Step.before(Traffic) && t.app.Active != r.Color {
		t.fail(Failed, "bg unlock by "+c.Actor)
		did = fmt.Sprintf("release %s of %s is ended", r.ID, t.app.Name)
	}
	if did == "" {
		return "", t.app.Name + " is not locked, and no release holds it"
	}
	return did, ""
}
