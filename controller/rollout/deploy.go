package rollout

import (
	"fmt"
	"time"

	"bg/labels"
)

// deploy begins a release, or finds the one that is meant.
func (t *turn) deploy(c Command) (message, refusal string) {
	name, a := t.app.Name, &t.app
	switch active := a.side(a.Active); {
	case c.Digest == "":
		return "", "a release needs the digest of what is released: see bg deploy"
	case a.underWay() && a.Run.ID != "" && a.Run.Digest == c.Digest:
		t.told = a.Run
		return fmt.Sprintf("release %s of %s goes on at %s", a.Run.ID, name, a.Run.Step), ""
	case a.Lock != nil:
		return "", fmt.Sprintf("%s is locked by %s since %s (%s): bg unlock %s lifts it",
			name, a.Lock.By, clock(a.Lock.Since), orElse(a.Lock.Message, "no reason given"), name)
	case t.engaged(Soak):
		return "", t.busy()
	case a.Active != "" && active.Digest == c.Digest && !c.Force:
		t.told = &Run{ID: active.ID, Digest: active.Digest, Color: a.Active, Step: Contract, Outcome: Done, Live: true,
			Begun: active.At, Entered: active.At, Cause: "it is what users get already"}
		return fmt.Sprintf("%s serves release %s already", name, active.ID), ""
	}
	color := labels.Blue
	if a.Active != "" {
		color = a.Active.Other()
	}
	a.Serial++
	id := fmt.Sprintf("%d-%.8s", a.Serial, c.Digest)
	if s := a.side(color); s.Role != "" && s.Role != Retired {
		t.withdraw(color, "it makes way for release "+id)
	}
	t.app.Held = false
	t.begin(Run{ID: id, Digest: c.Digest, Color: color, Step: Clear, By: c.Actor, Message: c.Message, Keep: c.Keep})
	t.told = a.Run
	return fmt.Sprintf("release %s of %s begins on %s", id, name, color), ""
}

// engaged reports whether a release is under way that can't make way for
// another: it has not come to the step until, or one of its hooks is in the
// database.
func (t *turn) engaged(until Step) bool {
	return t.app.underWay() && (t.app.Run.Step.before(until) || t.app.Run.Hook != "")
}

// busy says who holds the app, since when, and what can be done.
func (t *turn) busy() string {
	r, name := t.app.Run, t.app.Name
	what := "release " + r.ID
	if r.ID == "" {
		what = string(r.Color) + ", started without bg deploy,"
	}
	return fmt.Sprintf("%s of %s is under way: begun by %s at %s, now at %s (%s): wait for it, or end it with bg rollback %s or bg unlock %s",
		what, name, r.By, clock(r.Begun), r.Step, orElse(t.pending(), "working"), name, name)
}

// proceed takes note that the client has created the containers.
func (t *turn) proceed(c Command) (message, refusal string) {
	switch r := t.app.Run; {
	case !t.app.underWay() || r.ID != c.Release:
		return "", fmt.Sprintf("release %s of %s is not under way: run bg deploy again", c.Release, t.app.Name)
	case r.Step.before(Prepare):
		return "", fmt.Sprintf("release %s of %s is still at %s", r.ID, t.app.Name, r.Step)
	case r.Step == Prepare:
		t.edit(func(r *Run) { r.Created = max(c.Containers, 1) })
	}
	return fmt.Sprintf("release %s of %s goes on", c.Release, t.app.Name), ""
}

// giveUp ends a release whose client could not do its part.
func (t *turn) giveUp(c Command) (message, refusal string) {
	switch r := t.app.Run; {
	case r == nil || r.ID != c.Release:
		return "", fmt.Sprintf("release %s of %s is not under way", c.Release, t.app.Name)
	case r.Outcome != "":
	case r.Step != Prepare && r.Step != Clear && r.Step != Start:
		return "", fmt.Sprintf("release %s of %s is at %s already: bg rollback takes it back", r.ID, t.app.Name, r.Step)
	default:
		t.fail(Failed, orElse(c.Message, "its client gave up"))
	}
	return fmt.Sprintf("release %s of %s is ended", c.Release, t.app.Name), ""
}

func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }
