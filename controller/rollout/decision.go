package rollout

import "maps"

// decision is all of a decision while it is being made.
type decision struct {
	in       Input
	was      State
	groups   map[string]*members
	owners   owners
	commands map[string][]Command
	registry registry

	next   State
	plan   Plan
	cloned bool // next has a map of its own
}

// apps decides on every app. Those that ask for what they do not hold are
// decided again as long as anybody gets something or gives it up: who comes
// first by name makes no difference to who waits, and what people are told.
func (d *decision) apps(names []string) {
	const rounds = 10 // more than any chain of apps takes that wait for each other's hosts
	var asking []*turn
	for range rounds {
		changes := d.registry.changes
		asking = nil
		for _, name := range names {
			if t := d.app(name); t != nil {
				asking = append(asking, t)
			}
		}
		if d.registry.changes == changes {
			break
		}
		names = nil
		for _, t := range asking {
			names = append(names, t.app.Name)
		}
	}
	for _, t := range asking {
		d.take(t)
	}
}

// app decides on one app. Where that asks for what it does not hold, nothing
// comes of it yet, and the turn is returned.
func (d *decision) app(name string) *turn {
	// All changes of one pass go out in one write, as one generation.
	t := newTurn(d.was.Apps[name], name, d.groups[name], d.in, d.next.Confirmed, d.was.Generation+1)
	t.owners, t.registry, t.app.Claims = d.owners, &d.registry, d.registry.of(name)
	if d.in.World == nil {
		t.settleConfirmation()
	} else {
		t.decide(d.commands[name])
	}
	d.registry.settle(name, t.app.Claims)
	if t.asks {
		asking := *t // by itself: of most apps nothing is kept
		return &asking
	}
	d.take(t)
	return nil
}

// take makes the turn part of the decision.
func (d *decision) take(t *turn) {
	d.plan.Events = append(d.plan.Events, t.events...)
	d.plan.Replies = append(d.plan.Replies, t.replies...)
	d.plan.Wake = earliest(d.plan.Wake, t.wake)
	d.plan.Actions = append(d.plan.Actions, t.actions...)
	name := t.app.Name
	if t.app.equal(d.was.Apps[name]) && !t.forgotten {
		return
	}
	if !d.cloned {
		d.next.Apps, d.cloned = maps.Clone(d.was.Apps), true
		if d.next.Apps == nil {
			d.next.Apps = map[string]*App{}
		}
	}
	if t.rerouted {
		d.next.Generation = d.was.Generation + 1
	}
	if t.forgotten {
		delete(d.next.Apps, name)
		return
	}
	app := t.app
	d.next.Apps[name] = &app
}
