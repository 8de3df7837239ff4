package main

import (
	"strings"
	"testing"
)

const twoColors = `{"revision": 1, "generation": 2, "confirmed": 2, "time": "2026-03-01T12:00:00Z", "apps": [
 {"name": "shop", "phase": "canary", "active": "blue", "live": true, "since": "2026-03-01T11:59:00Z", "note": "waits for bg promote", "colors": [
  {"color": "blue", "role": "active", "weight": 75, "containers": [{"name": "b", "condition": "ready"}]},
  {"color": "green", "role": "candidate", "weight": 25, "containers": [{"name": "g", "condition": "ready"}]}]}]}`

func TestATerminalGetsColorsUnlessToldOtherwise(t *testing.T) {
	for _, c := range []struct {
		name  string
		env   []string
		color bool
	}{
		{"terminal", nil, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, false},
		{"dumb", []string{"TERM=dumb"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/status.json", twoColors)
			for _, args := range [][]string{{"status"}, {"status", "shop"}} {
				term := startTerminal(t, 120, 30, bgCommand(t, dir, c.env, args...))
				if code := term.exit(); code != 0 {
					t.Fatalf("exit code %d: %q", code, term.seen())
				}
				if got := strings.Contains(term.seen(), "\x1b["); got != c.color {
					t.Errorf("%v: color is %t: %q", args, got, term.seen())
				}
			}
		})
	}
}

func TestTheBarShowsTheSharesAndNeverHidesOne(t *testing.T) {
	for blue, want := range map[int]int{0: 0, 1: 1, 25: 10, 50: 20, 99: 39, 100: 40} {
		bar := view{style: style{color: true}}.bar(appWith(blue, 100-blue))
		before, _, _ := strings.Cut(bar, "\x1b[92m")
		if got := strings.Count(before, "█"); got != want {
			t.Errorf("blue %d%%: %d cells, want %d: %q", blue, got, want, bar)
		}
		if got := strings.Count(bar, "█"); got != barWidth {
			t.Errorf("blue %d%%: %d cells in all", blue, got)
		}
	}
	if bar := (view{}).bar(appWith(50, 50)); bar != "" {
		t.Errorf("without color: %q", bar)
	}
}
