package rollout

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"bg/labels"
)

// rival returns an app that holds what c takes, always the same of several.
func (r *registry) rival(app string, c labels.Claim) (rival holding, found bool) {
	if r.holders == nil {
		r.holders = map[string][]holding{}
		for name := range r.apps {
			r.enter(name, r.of(name))
		}
		for name, claims := range r.settled {
			if r.apps[name] == nil {
				r.enter(name, claims)
			}
		}
	}
	consider := func(all []holding) {
		for _, h := range all {
			if h.app == app || !collide(c, h.Claim.Claim) || r.policy.shares(narrower(c, h.Claim.Claim), app, h.app) {
				continue
			}
			if !found || cmp.Or(cmp.Compare(h.Name, rival.Name), h.Since.Compare(rival.Since), cmp.Compare(h.app, rival.app)) < 0 {
				rival, found = h, true
			}
		}
	}
	if c.Wide() {
		for all := range maps.Values(r.holders) {
			consider(all)
		}
		return rival, found
	}
	// Only what covers a host collides with it.
	for name := c.Name; ; name = wider(name) {
		if consider(r.holders[name]); found || name == labels.Every {
			return rival, found
		}
	}
}

// collide reports whether two apps cannot have both. A host can be one app's
// beside another one that has many hosts as long as its router comes first.
func collide(a, b labels.Claim) bool {
	switch {
	case !a.Covers(b) && !b.Covers(a):
		return false
	case a.Wide() == b.Wide():
		return true
	case a.Wide():
		return a.Rank >= b.Rank
	}
	return b.Rank >= a.Rank
}

// narrower returns the name of the one that the other one covers.
func narrower(a, b labels.Claim) string {
	if a.Covers(b) {
		return b.Name
	}
	return a.Name
}

// objection says how a claim collides with another app's, and what to do.
func objection(c labels.Claim, h holding) string {
	switch {
	case c.Wide() && !h.Wide():
		return fmt.Sprintf("a rule for %s has priority %d and would take %s from app %s, whose router has %d: give it a lower priority",
			hostsOf(c.Name), c.Rank, hostsOf(h.Name), h.app, h.Rank)
	case h.Wide() && !c.Wide():
		return fmt.Sprintf("app %s has a rule for %s with priority %d, which would keep %s from a router with %d: give this one a higher priority",
			h.app, hostsOf(h.Name), h.Rank, hostsOf(c.Name), c.Rank)
	}
	verb := "belongs"
	if h.Wide() {
		verb = "belong"
	}
	return fmt.Sprintf("%s %s to app %s since %s: change the rule, or let both apps have it in the policy file",
		hostsOf(h.Name), verb, h.app, clock(h.Since))
}

// hostsOf says in words which hosts a claim is of.
func hostsOf(name string) string {
	if name == labels.Every {
		return "all hosts"
	}
	if suffix, wide := strings.CutPrefix(name, "*."); wide {
		return "the hosts below " + suffix
	}
	return "host " + name
}
