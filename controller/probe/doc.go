// Package probe asks an app, or the proxy in front of it, what the labels
// bg.smoke.* demand.
//
// What holds here:
//   - One test is one request on one connection, to the target's address and
//     port and nowhere else: nothing in a label, an answer or the environment
//     can lead it to another machine. Redirects are answers like others.
//   - Every test ends: within its latency limit, or 10 s without one, after
//     at most 1 MiB of headers and 1 MiB of body.
//   - Nothing is left behind, neither a connection nor a goroutine.
//   - What an answer holds, the values of headers and the query of a path may
//     be secrets, and are never part of an error.
//
// It decides nothing and remembers nothing, and imports no other edge.
package probe
