package rollout

import (
	"slices"
	"time"

	"bg/labels"
)

// Settle is how long the set of a color's containers must stay the same
// before the color counts as ready. Compose creates the containers of a
// project one after the other, a few hundred milliseconds apart at worst;
// without the pause a fast first container would be promoted before its
// siblings are seen at all.
const Settle = time.Second

// ForgetAfter is how long an app without a single container, stopped ones
// included, keeps its routes and its state.
const ForgetAfter = time.Hour

// Operator and machine names in the Actor of an Event.
const bg = "bg"

// Decide returns the state after in, and what to do about it. It changes
// neither s nor what in points to. Apps that stay as they are keep their
// pointer in the new state.
func Decide(s State, in Input) (State, Plan) {
	d := decision{in: in, was: s, next: State{
		Generation: s.Generation,
		Confirmed:  max(s.Confirmed, min(in.Confirmed, s.Generation)),
		Apps:       s.Apps,
	}}
	d.groups, d.owners, d.commands = group(in.World, s.Apps, in.Policy), addresses(in.World), map[string][]Command{}
	d.registry = registry{policy: in.Policy, apps: s.Apps, groups: d.groups}
	for _, c := range in.Commands {
		if reason := unknownApp(s, d.groups, in.World, c); reason != "" {
			d.plan.Replies = append(d.plan.Replies, Reply{ID: c.ID, Refusal: reason})
			continue
		}
		d.commands[c.App] = append(d.commands[c.App], c)
	}
	d.apps(names(s.Apps, d.groups, d.commands))
	if d.next.Generation != s.Generation {
		d.plan.Routing = d.next.Routing()
	}
	return d.next, d.plan
}

// Routing returns the whole routing that shall be live.
func (s State) Routing() *Routing {
	r := &Routing{Generation: s.Generation, Routes: make([]*Route, 0, len(s.Apps))}
	for _, app := range s.Apps {
		if app.Route != nil {
			r.Routes = append(r.Routes, app.Route)
		}
	}
	slices.SortFunc(r.Routes, func(a, b *Route) int {
		if a.App < b.App {
			return -1
		}
		return 1
	})
	return r
}

// turn is the decision about one app while it is being made.
type turn struct {
	in        Input
	app       App // a working copy
	was       App // as it was before
	members   *members
	owners    owners
	registry  *registry // nil where nothing is decided
	asks      bool      // for what the app does not hold
	confirmed uint64
	upcoming  uint64         // the generation that a change of the route gets
	anew      []labels.Color // whose containers made way for new ones
	aborted   bool           // the proxy refused the change, and it was taken back

	placed   shares    // as in the route
	evidence *Judgment // that what is recorded now rests on
	told     *Run      // that a command began or found, if it is not the app's own
	actions  []Action  // wanted now

	events    []Event
	replies   []Reply
	wake      time.Time
	rerouted  bool
	forgotten bool
}

func newTurn(app *App, name string, m *members, in Input, confirmed, upcoming uint64) *turn {
	t := &turn{in: in, members: m, confirmed: confirmed, upcoming: upcoming}
	if m == nil {
		t.members = &members{}
	}
	if app != nil {
		t.app, t.was, t.placed = *app, *app, shares{app.Active, app.Weight}
	}
	t.app.Name = name
	return t
}

// decide goes through one app: what was seen, what was commanded, what
// health demands, and the route that follows. Operators come before
// automation, so that a rollback beats a promotion of the same instant.
func (t *turn) decide(commands []Command) {
	t.settleConfirmation()
	t.observe()
	t.abort()
	t.advance(Traffic)
	for _, c := range commands {
		t.command(c)
	}
	t.release()
	t.aftermath()
	t.alarm()
	t.claim()
	t.forget() // last: a command may have begun a release of an app without containers
	t.announce()
	for i := range t.replies {
		if t.replies[i].Refusal == "" {
			t.replies[i].Generation = t.app.Generation
		}
	}
	for i := range t.events {
		t.events[i].Generation = t.app.Generation
		if t.forgotten && t.rerouted {
			t.events[i].Generation = t.upcoming
		}
	}
}

// settleConfirmation drops the way back once the proxy serves the standing.
func (t *turn) settleConfirmation() {
	if t.app.Undo != nil && t.app.Undo.Generation <= t.confirmed {
		t.app.Undo = nil
	}
}

// forget ends an app of which no container has existed for ForgetAfter. It
// does so at once if the app never had users and no client can be waiting to
// hear how its release ended.
func (t *turn) forget() {
	if len(t.members.blue)+len(t.members.green) > 0 || t.app.underWay() || t.app.Lock != nil {
		t.app.Gone = nil
		return
	}
	now := t.in.Now
	if t.app.Gone == nil || now.Before(*t.app.Gone) {
		t.app.Gone = &now
	}
	had := t.app.Active != "" || t.app.Run != nil && t.app.Run.ID != ""
	if end := t.app.Gone.Add(ForgetAfter); had && now.Before(end) {
		t.wake = earliest(t.wake, end)
		return
	}
	t.forgotten = true
	t.rerouted = t.was.Route != nil
	t.app.Active, t.app.Weight, t.app.Route, t.app.Claims = "", 0, nil, nil
	if t.was.Name == "" {
		return // nothing but hooks of it was ever seen
	}
	t.record(Forgotten, "no container of it exists any more", bg)
}

// record adds one line to the history, with the shares as they are now.
func (t *turn) record(change Change, cause, actor string) {
	id := ""
	if t.app.Run != nil {
		id = t.app.Run.ID
	}
	t.events = append(t.events, Event{
		Release: id,
		Time:    t.in.Now, App: t.app.Name, Change: change,
		Active: string(t.app.Active),
		Blue:   t.app.Share("blue"), Green: t.app.Share("green"),
		Cause: cause, Actor: actor, Judgment: t.evidence,
	})
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
