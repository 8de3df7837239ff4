package main

import (
	"os"
	"strings"
	"testing"
)

func TestCtrlCWhileWaitingIsNoFailureOfTheRelease(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/outcome.json", `{"outcome": "pending"}`)
	cmd := bgCommand(t, dir, nil, "promote", "shop", "--timeout", "5m")
	term := startTerminal(t, 100, 20, cmd)
	eventually(t, "it waits", func() bool {
		_, err := os.Stat(dir + "/waited")
		return err == nil
	})
	term.send("\x03")
	if code := term.exit(); code != exitInterrupted {
		t.Errorf("exit code %d: %q", code, term.seen())
	}
	if !strings.Contains(term.seen(), "accepted as generation 12") {
		t.Errorf("it does not say that it was accepted: %q", term.seen())
	}
}
