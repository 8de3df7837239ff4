package main

import (
	"strings"
	"testing"
)

func TestAnAPIOverTCPWithoutAllThatItNeedsIsFound(t *testing.T) {
	for _, c := range []struct{ set, level, want string }{
		{"PATH BG_STATE_DIR controller", "", ""},
		{"BG_LISTEN controller", "error", "without BG_TLS_CERT, BG_TLS_KEY and BG_TOKEN_FILE"},
		{"controller --listen --tls-cert --tls-key", "error", "without BG_TOKEN_FILE, and"},
		{"BG_TLS_CERT BG_TOKEN_FILE controller --listen tcp://:8443 --tls-key", "ok", "with TLS and tokens"},
	} {
		f, on := checkGate("bg-controller-1", strings.Fields(c.set), "error")
		if on != (c.want != "") || f.Level != c.level || !strings.Contains(f.Text, c.want) {
			t.Errorf("%s: got %+v", c.set, f)
		}
	}
}
