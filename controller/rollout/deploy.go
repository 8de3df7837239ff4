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
	case a.Lock != nil:
		return "", fmt.Sprintf("%s is locked by %s since %s (%s): bg unlock %s lifts it",
			name, a.Lock.By, clock(a.Lock.Since), orElse(a.Lock.Message, "no reason given"), name)
	case a.underWay() && a.Run.ID != "" && a.Run.Digest == c.Digest:
		return fmt.Sprintf("release %s of %s goes on at %s", a.Run.ID, name, a.Run.Step), ""
	case a.underWay() && a.Run.Step.before(Soak):
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
	t.begin(Run{ID: id, Digest: c.Digest, Color: color, Step: Clear, By: c.Actor, Message: c.Message, Keep: c.Keep})
	return fmt.Sprintf("release %s of %s begins on %s", id, name, color), ""
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

func (t *turn) lock(c Command) (message, refusal string) {
	if l := t.app.Lock; l != nil && l.By != c.Actor {
		return "", fmt.Sprintf("%s is locked by %s since %s already", t.app.Name, l.By, clock(l.Since))
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

// askContract lets the contract hooks run that wait for an operator.
func (t *turn) askContract(Command) (message, refusal string) {
	r := t.app.Run
	if !t.app.underWay() || r.Step.before(Soak) || len(t.hooksFor(labels.HookContract)) == 0 {
		return "", fmt.Sprintf("no contract hook of %s waits: label a service bg.hook=contract and release it", t.app.Name)
	}
	t.edit(func(r *Run) { r.Asked = true })
	return fmt.Sprintf("the contract hooks of release %s run once the old color is retired", r.ID), ""
}

// revive starts a retired color again, as a release with the same gates.
func (t *turn) revive(c Command) (message, refusal string) {
	color, name := t.app.Active.Other(), t.app.Name
	s, r := t.app.side(color), t.app.Run
	switch all := t.members.of(color); {
	case t.app.underWay() && r.Step.before(Contract):
		return "", t.busy()
	case len(all) == 0:
		return "", fmt.Sprintf("the containers of %s are gone: bg rollback --to RELEASE starts a release again, bg history --releases lists them", color)
	case r != nil && r.Changed && !c.Force:
		return "", fmt.Sprintf("a contract hook of release %s has changed the database under %s: release what fits it, with bg deploy", r.ID, color)
	}
	run := Run{ID: s.ID, Digest: s.Digest, Color: color, Step: Start, By: c.Actor, Message: "bg rollback", Revived: true}
	t.begin(run)
	s.Role, s.Services, s.Cause, s.At, s.Release = Candidate, nil, "bg rollback", t.in.Now, s.Seen
	t.record(RolledBack, fmt.Sprintf("bg rollback: %s is started again", color), c.Actor)
	return fmt.Sprintf("%s of %s is started again and gets all users once it is ready", color, name), ""
}

func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }
