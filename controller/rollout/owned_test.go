package rollout

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"bg/labels"
)

// anyClaim is what an app asks for beside hosts of its own, which nobody else
// has: mostly nothing.
var anyClaim = rapid.SampledFrom([]labels.Claim{{}, {}, {}, {}, {Name: "contested", Rank: 9}, {Name: "contested", Rank: 50}, {Name: labels.Every, Rank: -100}, {Name: labels.Every, Rank: 20}})

// contest gives the container, if it has routers, a host of its own, and the
// claim if it is one.
func contest(s *labels.Spec, c labels.Claim) {
	if len(s.HTTP.Routers) == 0 {
		return
	}
	s.Claims = []labels.Claim{{Name: s.Service + "." + s.App, Rank: 9}}
	if c.Name != "" {
		s.Claims = labels.JoinClaims(append(s.Claims, c))
	}
	s.HTTP.Claims = s.Claims
	if s.Preview.Host != "" {
		s.Claims = labels.JoinClaims(append(slices.Clone(s.Claims), labels.Claim{Name: s.Preview.Host, Rank: 9}))
	}
}

// rivals says why two apps may not both have what they have, or "".
func rivals(a, b []labels.Claim) string {
	for _, x := range a {
		for _, y := range b {
			switch {
			case x.Name == y.Name:
				return x.Name + " is both apps'"
			case x.Name == labels.Every && x.Rank >= y.Rank:
				return fmt.Sprintf("all hosts with priority %d come before %s with %d", x.Rank, y.Name, y.Rank)
			}
		}
	}
	return ""
}

// owned: what is one app's is no other's (attacks 1 and 2), neither in its
// route nor in what it may go back to; what is in force is held; and nobody is
// denied anything for no reason, or without being told once.
func owned(s *step) {
	for name, a := range s.after.Apps {
		v := s.view(name)
		if a.Route != nil {
			for _, c := range a.Route.Claims {
				if _, held := find(a.Claims, c.Name); !held {
					v.fatalf("%s is in force and not held", c.Name)
				}
			}
		}
		for other, b := range s.after.Apps {
			if name == other {
				continue
			}
			if why := rivals(held(a), held(b)); why != "" {
				v.fatalf("beside %s: %s\n%s", other, why, dump(b))
			}
		}
		for _, c := range labels.Colors {
			denied(v, c)
		}
	}
}

// denied checks what one color is denied.
func denied(v *view, c labels.Color) {
	was, is := v.was.Side(c), v.is.Side(c)
	told := 0
	for _, e := range v.events {
		if e.Change == Denied && strings.HasPrefix(e.Cause, string(c)+": ") {
			told++
		}
	}
	if anew := is.Denied != "" && is.Denied != was.Denied; anew != (told == 1) || told > 1 {
		v.fatalf("%s is denied %q, was %q, and that was told %d times", c, is.Denied, was.Denied, told)
	}
	var specs []*labels.Spec
	for _, x := range v.of(c) {
		if x.valid() {
			specs = append(specs, x.Spec)
		}
	}
	var asked []labels.Claim
	for _, x := range specs {
		for _, claim := range x.Claims {
			asked = append(asked, raised(claim, specs))
		}
	}
	if is.Denied == "" {
		if is.Services != nil && is.Role != Retired {
			for _, x := range asked {
				if _, found := find(v.is.Claims, x.Name); !found {
					v.fatalf("%s got ready and does not hold %s", c, x.Name)
				}
			}
		}
		return
	}
	for name, b := range v.after.Apps {
		if name != v.name && rivals(asked, held(b))+rivals(held(b), asked) != "" {
			return
		}
	}
	v.fatalf("%s is denied %q by nobody", c, is.Denied)
}

func held(a *App) []labels.Claim {
	var out []labels.Claim
	for _, c := range a.Claims {
		out = append(out, c.Claim)
	}
	return out
}
