// Package ext stands in for Traefik's extension point of the same import path,
// which is not published as a module of its own. Traefik embeds both types in
// its dynamic configuration; here they add nothing to it.
package ext

// HTTP adds no fields to Traefik's HTTP configuration.
type HTTP struct{}

// Router adds no fields to Traefik's router configuration.
type Router struct{}
