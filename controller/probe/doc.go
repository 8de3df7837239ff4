// Package probe asks apps, or the proxy in front of them, what the labels
// bg.health.* and bg.smoke.* demand.
//
// What holds here:
//   - One check or test is one request on one connection, to the target's
//     address and port and nowhere else: nothing in a label, an answer or the
//     environment can lead it to another machine. Redirects are answers like
//     others. A health check goes to a container's own IP only.
//   - Each ends: within its own limit, or 10 s without one, after at most 1 MiB
//     of headers and 1 MiB of body.
//   - Nothing is left behind, neither a connection nor a goroutine.
//   - What an answer holds, the values of headers and the query of a path may
//     be secrets, and are never part of an error.
//
// It decides nothing about traffic, and imports no other edge.
package probe
