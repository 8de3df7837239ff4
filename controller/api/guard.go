package api

import (
	"net"
	"net/http"
	"path"
	"strings"
)

// guard refuses what a web page could make a browser send, and forbids
// browsers to make anything of the answers. Nothing of bg's is a web page,
// so no Origin is a good one; a Host that is not mine is DNS rebinding. mine
// gets it without the port.
func guard(next http.Handler, mine func(host string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch {
		case stranger(r.Context()):
			fail(w, http.StatusForbidden, "this socket is for the user that runs the controller, and for root")
		case len(r.Header.Values("Origin")) > 0 || crossSite(r.Header.Get("Sec-Fetch-Site")):
			fail(w, http.StatusForbidden, "requests of web pages are refused")
		case !mine(withoutPort(r.Host)):
			fail(w, http.StatusForbidden, "the Host header names another server: over the socket use bg or localhost, over TCP a name of the certificate")
		case r.URL.Path != path.Clean(r.URL.Path):
			fail(w, http.StatusNotFound, "no such path: see /v1/status")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func crossSite(site string) bool { return site != "" && site != "none" }

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// localHost reports whether a Host header, without its port, can come from a
// client that meant this server's socket.
func localHost(host string) bool {
	switch strings.ToLower(host) {
	case "", "bg", "localhost":
		return true
	}
	return false
}
