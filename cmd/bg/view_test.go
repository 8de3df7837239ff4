package main

import (
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"bg/controller/api"
)

func appWith(blue, green int) api.App {
	return api.App{Name: "shop", Phase: api.PhaseCanary, Active: "blue", Live: true, Colors: []api.Color{
		{Color: "blue", Role: "active", Weight: blue},
		{Color: "green", Role: "candidate", Weight: green},
	}}
}

func TestAgeIsShort(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 59 * time.Second: "59s", time.Minute: "1m", 200 * time.Second: "3m20s",
		11*time.Minute + 5*time.Second: "11m", time.Hour: "1h", 200 * time.Minute: "3h20m",
		11*time.Hour + 5*time.Minute: "11h", 47 * time.Hour: "47h", 49 * time.Hour: "2d",
	} {
		if got := age(now.Add(-d), now); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if got := age(time.Time{}, now); got != "-" {
		t.Errorf("never: %q", got)
	}
}

func TestNoLineIsWiderThanTheTerminalAndNoNoteIsLost(t *testing.T) {
	a := appWith(90, 10)
	a.Note = "waits for bg promote"
	a.Colors[1].Containers = []api.Container{{Name: "shop-green-web-1", Condition: "unhealthy", Detail: strings.Repeat("reason ", 40)}}
	st := api.Status{Apps: []api.App{a}, Problems: []api.Problem{{Severity: "error", Subject: "traefik", Text: strings.Repeat("fix ", 60)}}}
	for _, width := range []int{60, 80, 120} {
		for _, app := range []string{"", "shop"} {
			text := view{style: style{color: true}, width: width, app: app}.render(st)
			for line := range strings.Lines(text) {
				if got := lipgloss.Width(line); got > width {
					t.Errorf("width %d: %d columns: %q", width, got, line)
				}
			}
			if !strings.Contains(text, "waits for bg promote") || strings.Count(text, "reason") != 40 || strings.Count(text, "fix") != 60 {
				t.Errorf("width %d: something is cut off:\n%s", width, text)
			}
		}
	}
}

func TestAnOpenPreviewIsShownWithItsApp(t *testing.T) {
	a := appWith(100, 0)
	a.Preview = "green, with the header X-Preview"
	st := api.Status{Apps: []api.App{a}}
	if text := (view{app: "shop"}).render(st); !strings.Contains(text, "preview  green, with the header X-Preview\n") {
		t.Error(text)
	}
}

func TestAChangeThatIsNotLiveYetSaysSo(t *testing.T) {
	a := appWith(90, 10)
	a.Live, a.Generation = false, 9
	if text := (view{}).render(api.Status{Apps: []api.App{a}}); !strings.Contains(text, "generation 9 is not live yet") {
		t.Error(text)
	}
}
