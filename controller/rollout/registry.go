package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/labels"
)

// Hosts that are bg's own, and the priority of the routers that it has for
// them. Nobody else may have these hosts, or stand above those routers.
const (
	OwnHosts = "*.bg.internal"
	OwnRank  = 1<<31 - 1 - 1000 // the highest that the proxy takes on 32-bit machines
)

// Claim is a claim that an app holds.
type Claim struct {
	labels.Claim
	Since time.Time
}

// registry is who holds what while a decision is made: first what the state
// says, then what the apps that are decided already have come to.
type registry struct {
	policy  *Policy
	apps    map[string]*App
	groups  map[string]*members
	settled map[string][]Claim // of the apps of which it differs from apps

	holders map[string][]holding // by name of the claim; nil until somebody asks
	changes int                  // how often an app got something or gave it up
}

// holding is one app's part in a claim.
type holding struct {
	app string
	Claim
}

// of returns what the app holds.
func (r *registry) of(app string) []Claim {
	if claims, changed := r.settled[app]; changed {
		return claims
	}
	if a := r.apps[app]; a != nil {
		return a.Claims
	}
	return nil
}

// settle notes what the app has come to hold.
func (r *registry) settle(app string, claims []Claim) {
	old := r.of(app)
	if sameClaims(old, claims) {
		return
	}
	if !slices.EqualFunc(old, claims, func(a, b Claim) bool { return a.Claim == b.Claim }) {
		r.changes++
	}
	for _, c := range old {
		if r.holders != nil {
			r.holders[c.Name] = slices.DeleteFunc(r.holders[c.Name], func(h holding) bool { return h.app == app })
		}
	}
	if r.settled == nil {
		r.settled = map[string][]Claim{}
	}
	r.settled[app] = claims
	if r.holders != nil {
		r.enter(app, claims)
	}
}

// enter makes the app a holder of the hosts. Other claims collide with none.
func (r *registry) enter(app string, claims []Claim) {
	for _, c := range claims {
		if strings.Contains(c.Name, "@") {
			continue
		}
		r.holders[c.Name] = append(r.holders[c.Name], holding{app, c})
	}
}

// refusal says why the app may not have what it does not hold, or "".
func (r *registry) refusal(app string, c labels.Claim) string {
	owner := c.App()
	switch owners, bound := r.policy.owners(c.Name); {
	case c.Internal() && !r.policy.internal(app):
		return fmt.Sprintf("%s is the proxy's own: remove it, or allow it in the policy file (internal: [%s])", c.Name, app)
	case owner != "" && (r.apps[owner] != nil || r.groups[owner] != nil):
		return fmt.Sprintf("%s is a name of app %s: define what is needed in app %s itself", c.Name, owner, app)
	case c.Internal() || owner != "":
		return ""
	case own(c):
		return fmt.Sprintf("%s with priority %d would stand above bg's own routers: give the router a lower priority, or another host", hostsOf(c.Name), c.Rank)
	case bound && !slices.Contains(owners, app):
		return fmt.Sprintf("the policy file lets %s have %s, and not app %s: change the rule, or the file", orElse(strings.Join(owners, ", "), "nobody"), hostsOf(c.Name), app)
	}
	if h, found := r.rival(app, c); found {
		return objection(c, h)
	}
	return ""
}

// own reports whether the claim is one to what is bg's.
func own(c labels.Claim) bool {
	all := labels.Claim{Name: OwnHosts}
	return all.Covers(c) || c.Name == strings.TrimPrefix(OwnHosts, "*.") || c.Covers(all) && c.Rank >= OwnRank
}

// find looks a claim up by its name.
func find(claims []Claim, name string) (int, bool) {
	return slices.BinarySearchFunc(claims, name, func(c Claim, name string) int { return cmp.Compare(c.Name, name) })
}

// sameClaims reports whether it is one list: whoever changes one makes another.
func sameClaims(a, b []Claim) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
