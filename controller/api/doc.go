// Package api is how people and programs talk to the controller: the wire
// types, the HTTP handler and the client.
//
// Invariants: every request is hostile until it is checked, and is refused
// with a reason; no request holds the handler longer than it may; nothing
// here decides anything, a Backend does. The package imports nothing of
// package controller or of another edge. Over TCP nobody is heard without TLS
// and a token: see Gate.
//
// The routes, all JSON:
//
//	GET  /v1/ping
//	GET  /v1/status[?after=REVISION][&timeout=30s]
//	POST /v1/apps/{app}/VERB     Command -> Accepted; see the Verb constants
//	GET  /v1/apps/{app}/wait?generation=N[&timeout=30s]
//	GET  /v1/history[?app=APP][&limit=50]
package api
