package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/show"
	"bg/e2e/load"
)

func TestTheMeterShowsTheLastSecondOnly(t *testing.T) {
	m := newMeter()
	start := time.Unix(1000, 0)
	for i := range 3000 { // ten seconds: nine of blue, then one with a tenth green
		a := load.Answer{Done: start.Add(time.Duration(i) * 10 * time.Second / 3000), Status: 200, Color: "blue", Version: "v1"}
		if i >= 2700 && i%10 == 0 {
			a.Color, a.Version = "green", "v2"
		}
		m.add(a)
	}
	line := m.line(show.Style{}, start.Add(10*time.Second+time.Millisecond))
	for _, want := range []string{"blue v1  90%", "green v2  10%", "300/s", "0 failed", strings.Repeat("█", 36) + "░░░░"} {
		if !strings.Contains(line, want) {
			t.Errorf("%q lacks %q", line, want)
		}
	}
	if line := m.line(show.Style{}, start.Add(20*time.Second)); !strings.Contains(line, "  0/s") {
		t.Errorf("ten seconds later: %q", line)
	}
}

func TestTheMeterForgetsNoFailure(t *testing.T) {
	m := newMeter()
	now := time.Unix(1000, 0)
	m.add(load.Answer{Done: now, Err: errors.New("reset")})
	m.add(load.Answer{Done: now, Status: 502, Color: "blue"})
	if line := m.line(show.Style{}, now.Add(slot)); !strings.Contains(line, "xx") || !strings.Contains(line, "2 failed") {
		t.Errorf("got %q", line)
	}
	if line := m.line(show.Style{}, now.Add(time.Minute)); !strings.Contains(line, "2 failed") {
		t.Errorf("a minute later: %q", line)
	}
}
