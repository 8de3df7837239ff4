package labels

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Claim is something at the proxy that all apps could ask for and that the
// labels ask for: hosts, or what belongs to somebody else.
//
// Name is one of
//
//	shop.example    a host, in lower case, without a dot at its end
//	*.shop.example  every host below shop.example, however deep
//	*               every host
//	NAME@internal   a service or middleware of the proxy's own
//	NAME@file       a name that is an app's at the proxy (see Unqualify), and not this one's
type Claim struct {
	Name string
	// Rank is the priority of the router that asks for hosts: of several that
	// ask for the same one host the lowest, for the same kind of hosts the
	// highest, which is the one that another app's router has to reckon with.
	Rank int64
}

// Every is the Name of the claim of every host.
const Every = "*"

// Wide reports whether it is one of many hosts, not of a single one.
func (c Claim) Wide() bool { return strings.HasPrefix(c.Name, "*") }

// Internal reports whether it is one of what is the proxy's own.
func (c Claim) Internal() bool { return strings.HasSuffix(c.Name, "@internal") }

// App returns the app whose name at the proxy it is one of, or "".
func (c Claim) App() string {
	name, file := strings.CutSuffix(c.Name, "@file")
	if !file {
		return ""
	}
	app, _, _ := Unqualify(name)
	return app
}

// Covers reports whether the hosts that c asks for include those of another
// claim of hosts.
func (c Claim) Covers(o Claim) bool { return covers(c.Name, o.Name) }

func covers(wide, name string) bool {
	suffix, found := strings.CutPrefix(wide, "*")
	return wide == name || found && strings.HasSuffix(name, suffix)
}

// Claims returns what an app asks for with that routing, sorted by name. It
// goes by the options alone, so that it can be told of a routing from before
// there were claims.
func Claims(app string, h HTTP) []Claim {
	var all []Claim
	refer := func(name string) {
		if c := (Claim{Name: name}); c.Internal() && name != "noop@internal" || c.App() != "" && c.App() != app {
			all = append(all, c)
		}
	}
	for _, x := range h.Routers {
		o := x.options()
		for _, name := range hosts(o.Rule) {
			all = append(all, Claim{name, o.rank()})
		}
		refer(x.Service)
		for _, name := range o.Middlewares {
			refer(name)
		}
	}
	for _, x := range h.Middlewares {
		var o struct {
			Chain  struct{ Middlewares []string }
			Errors struct{ Service string }
		}
		if json.Unmarshal([]byte(x.Options), &o) == nil {
			refer(o.Errors.Service)
			for _, name := range o.Chain.Middlewares {
				refer(name)
			}
		}
	}
	return JoinClaims(all)
}

// JoinClaims sorts claims by name and makes one of those that have the same.
// It changes what it is given.
func JoinClaims(all []Claim) []Claim {
	slices.SortFunc(all, func(a, b Claim) int {
		if byName := cmp.Compare(a.Name, b.Name); byName != 0 {
			return byName
		}
		if a.Wide() {
			return cmp.Compare(b.Rank, a.Rank)
		}
		return cmp.Compare(a.Rank, b.Rank)
	})
	return slices.CompactFunc(all, func(a, b Claim) bool { return a.Name == b.Name })
}

// Rank returns the router's priority, or Traefik's default for it.
func (r Router) Rank() int64 { return r.options().rank() }

// routerOptions is what of a router's options claims depend on.
type routerOptions struct {
	Rule, Priority string
	Middlewares    []string
}

// options leaves empty what it cannot read. Without a rule a router is for
// every host.
func (r Router) options() routerOptions {
	var o routerOptions
	if json.Unmarshal([]byte(r.Options), &o) != nil {
		return routerOptions{Priority: strconv.FormatInt(math.MaxInt64, 10)}
	}
	return o
}

func (o routerOptions) rank() int64 {
	if n, err := strconv.ParseInt(o.Priority, 10, 64); err == nil && n != 0 {
		return n
	}
	return int64(len(o.Rule))
}

// maxClaims is how many claims one container may make.
const maxClaims = 200

// claims returns what the labels of a container ask for, of which the routing
// is decoded.
func claims(s Spec, p *problems) []Claim {
	all := s.HTTP.Claims
	if s.Preview.Host != "" {
		c := Claim{hostsOfName(s.Preview.Host), math.MaxInt64} // above the app's own routers
		for _, r := range s.HTTP.Routers {
			c.Rank = min(c.Rank, r.Rank())
		}
		all = JoinClaims(append(slices.Clone(all), c))
	}
	if len(all) > maxClaims {
		p.note("its routers name %d hosts; give at most %d", len(all), maxClaims)
	}
	return all
}
