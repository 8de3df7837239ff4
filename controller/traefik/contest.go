package traefik

import (
	"fmt"
	"slices"
	"strings"

	"bg/controller/rollout"
)

// contested returns the hosts that previews ask for and may not have, each with
// why: one that a router names, of whatever app, has its users, and of two apps
// that ask for the same neither has the better claim. It is nil if no preview
// asks for a host, without looking at any rule.
func contested(r *rollout.Routing) map[string]string {
	var asked map[string]string // by app
	var refused map[string]string
	refuse := func(host, why string) {
		if refused == nil {
			refused = map[string]string{}
		}
		refused[host] = why
	}
	for _, route := range r.Routes {
		for _, s := range route.Services {
			for _, b := range s.Backends {
				host := strings.ToLower(b.Preview.Host)
				if host == "" {
					continue
				}
				if asked == nil {
					asked = map[string]string{}
				}
				if other, taken := asked[host]; taken && other != route.App {
					refuse(host, fmt.Sprintf("app %s asks for it too", other))
				}
				asked[host] = route.App
			}
		}
	}
	if asked == nil {
		return nil
	}
	if _, own := asked[markerHost]; own {
		refuse(markerHost, "it is bg's own")
	}
	for _, route := range r.Routes {
		for _, x := range route.Routers {
			_, rule, _ := ruleOf(x)
			calls := hostCalls(parseRule(rule), false)
			for host := range asked {
				if slices.ContainsFunc(calls, func(c hostCall) bool { return c.names(host) }) {
					refuse(host, fmt.Sprintf("router %s of app %s names it", x.Name, route.App))
				}
			}
		}
	}
	return refused
}
