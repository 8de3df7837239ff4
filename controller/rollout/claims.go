package rollout

import (
	"math"
	"slices"

	"bg/labels"
)

// conflict says why the labels may not come into force beside what other apps
// hold, or "". What the app holds itself is never in question.
func (t *turn) conflict(specs []*labels.Spec) string {
	if t.registry == nil {
		return ""
	}
	for _, s := range specs {
		for _, c := range s.Claims {
			c = raised(c, specs)
			if t.owns(c) {
				continue
			}
			t.asks = true
			if why := t.registry.refusal(t.app.Name, c); why != "" {
				return why
			}
		}
	}
	return ""
}

// owns reports whether the app holds what the claim asks for.
func (t *turn) owns(c labels.Claim) bool {
	i, found := find(t.app.Claims, c.Name)
	if !found {
		return false
	}
	held := t.app.Claims[i].Rank
	return held == c.Rank || (held > c.Rank) == c.Wide()
}

// raised returns the claim with the rank that it has once the routers for
// previews stand above all of the app's own.
func raised(c labels.Claim, specs []*labels.Spec) labels.Claim {
	if !c.Wide() || !slices.ContainsFunc(specs, func(s *labels.Spec) bool { return s.Preview != labels.Preview{} }) {
		return c
	}
	n := int64(0)
	for _, s := range specs {
		for _, r := range s.HTTP.Routers {
			c.Rank, n = max(c.Rank, r.Rank()), n+1
		}
	}
	c.Rank = min(c.Rank, math.MaxInt64-n) + n
	return c
}

// claim brings what the app holds up to date: what its route has, and what
// each color asks for that got ready and that users may still be given. So
// nobody else has it when they go back. A color whose labels take what is
// another app's gets nothing new, and people are told once.
func (t *turn) claim() {
	var claims [8]labels.Claim // enough for most
	var specs [8]*labels.Spec
	all := claims[:0]
	if t.app.Route != nil {
		all = append(all, t.app.Route.Claims...)
	}
	for _, c := range labels.Colors {
		if s := t.app.side(c); s.Services != nil && s.Role != Retired {
			asked := t.specs(specs[:0], c)
			all = t.append(all, asked, t.conflict(asked) == "")
			if slices.ContainsFunc(t.members.of(c), func(m *Container) bool { return m.Condition == Unknown }) {
				for _, held := range t.app.Claims { // what its labels ask for may not be known either
					all = append(all, held.Claim)
				}
			}
		}
	}
	t.possess(labels.JoinClaims(all))
	for _, c := range labels.Colors {
		s, why := t.app.side(c), ""
		if s.Role != "" && s.Role != Retired {
			why = brief(t.conflict(t.specs(specs[:0], c)))
		}
		if why == s.Denied {
			continue
		}
		if s.Denied = why; why != "" {
			t.record(Denied, string(c)+": "+why, bg)
		}
	}
}

// append adds what the labels ask for, or of that only what is held already.
func (t *turn) append(all []labels.Claim, specs []*labels.Spec, anew bool) []labels.Claim {
	for _, s := range specs {
		for _, c := range s.Claims {
			if anew {
				all = append(all, raised(c, specs))
			} else if i, held := find(t.app.Claims, c.Name); held {
				all = append(all, t.app.Claims[i].Claim)
			}
		}
	}
	return all
}

// possess makes all, which is sorted, what the app holds.
func (t *turn) possess(all []labels.Claim) {
	if slices.EqualFunc(t.app.Claims, all, func(a Claim, b labels.Claim) bool { return a.Claim == b }) {
		return
	}
	next := make([]Claim, len(all))
	for i, c := range all {
		next[i] = Claim{c, t.in.Now}
		if j, held := find(t.app.Claims, c.Name); held {
			next[i].Since = t.app.Claims[j].Since
		}
	}
	t.app.Claims = next
}

// specs appends to out what the labels of the color's containers ask for, of
// those that can be read.
func (t *turn) specs(out []*labels.Spec, c labels.Color) []*labels.Spec {
	for _, m := range t.members.of(c) {
		if m.valid() {
			out = append(out, m.Spec)
		}
	}
	return out
}

// reclaim gives an app what its route asks for, if it is from before claims
// were kept: since it became what it is, as far as that is known.
func (a *App) reclaim() {
	if a.Route == nil || a.Claims != nil {
		return
	}
	route := *a.Route
	route.Claims = labels.Claims(a.Name, labels.HTTP{Routers: route.Routers, Middlewares: route.Middlewares})
	for _, c := range route.Claims {
		a.Claims = append(a.Claims, Claim{c, a.side(a.Active).At})
	}
	a.Route = &route
}
