package traefik

import "regexp"

// maxRule is the longest rule that is looked into, in bytes.
const maxRule = 64 << 10

// literalHost is what a request can name as its host. Traefik 3.8 takes
// wildcards too, which no request can.
var literalHost = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$`)

// FirstHost returns the host of the first Host(`x`) in a router's rule that is
// not negated, or "" if there is none: a request for that host has a chance to
// be the router's. Traefik reads rules as Go expressions, and so does this.
func FirstHost(rule string) string {
	for _, c := range hostCalls(parseRule(rule), false) {
		for _, arg := range c.args { // several in the syntax of version 2
			if !c.pattern && literalHost.MatchString(arg) {
				return arg
			}
		}
	}
	return ""
}
