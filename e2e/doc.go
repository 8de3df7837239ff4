// Package e2e holds the tests of the whole: the real binary in its container, a
// real Traefik and a real Docker, under load. They take some minutes, need
// Docker, and are skipped where there is none and with -short.
package e2e
