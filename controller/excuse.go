package controller

import (
	"slices"
	"time"

	"bg/controller/rollout"
	"bg/controller/traefik"
)

// look is what came of one app between two looks at Traefik's counts.
type look struct {
	at     time.Time
	trial  rollout.Trial
	deltas map[string]traefik.Delta
}

// excuse keeps the death of a single replica from being held against all of
// the release: the others are well, and the dead one is taken out as soon as
// Docker tells of it. Until then its share of the requests fails, which Traefik
// does not count apart.
type excuse struct {
	held    *look           // not heard yet
	servers []string        // that got requests at the last look; nil before the first
	excused map[string]bool // containers: each is once, so that a crash loop is not
	skip    int             // looks to come that do not count
}

// ripe takes a look in and returns those that count now, in their order.
//
// Where the release has replicas, a look is heard when the next one comes: by
// then Docker has told who has died meanwhile. The look at which one is missing
// does not count, nor the one before it, as it may have the first errors, nor the
// one after it, for requests that still hung.
func (e *excuse) ripe(now look) []look {
	before := e.held
	e.held = nil
	if e.lost(now.trial) {
		e.skip = 2
	}
	switch {
	case e.skip > 0:
		e.skip--
		return nil
	case now.trial.Replicas:
		e.held = &now
		if before == nil {
			return nil
		}
		return []look{*before}
	case before != nil:
		return []look{*before, now}
	}
	return []look{now}
}

// lost reports whether a replica is missing for the first time. All of them were
// ready when the release got its first users, which was before the first look.
func (e *excuse) lost(t rollout.Trial) bool {
	if e.servers == nil {
		e.servers, e.excused = slices.Concat(t.Servers, t.Down), map[string]bool{}
	}
	lost := false
	for _, id := range e.servers {
		if !slices.Contains(t.Servers, id) && !e.excused[id] {
			e.excused[id], lost = true, true
		}
	}
	e.servers = t.Servers
	return lost
}
