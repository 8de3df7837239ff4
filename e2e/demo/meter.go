package main

import (
	"fmt"
	"sync"
	"time"

	"bg/e2e/internal/show"
	"bg/e2e/load"
)

// meter counts the answers of the last second, color by color. It may be
// used from several goroutines.
type meter struct {
	mu       sync.Mutex
	slices   [slots]slice
	versions map[string]string // by color, as last answered
	failed   int               // ever
}

// A second is ten slots of 100 ms; the eleventh is the one under way.
const (
	slot  = 100 * time.Millisecond
	slots = 11
)

type slice struct {
	start               time.Time
	blue, green, failed int
}

func newMeter() *meter { return &meter{versions: map[string]string{}} }

func (m *meter) add(a load.Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.at(a.Done)
	switch {
	case a.Failed():
		s.failed++
		m.failed++
		return
	case a.Color == "blue":
		s.blue++
	case a.Color == "green":
		s.green++
	}
	m.versions[a.Color] = a.Version
}

// at returns the slice of a time, emptied if it was of an earlier second.
func (m *meter) at(t time.Time) *slice {
	start := t.Truncate(slot)
	s := &m.slices[start.UnixNano()/int64(slot)%slots]
	if !s.start.Equal(start) {
		*s = slice{start: start}
	}
	return s
}

// last sums up the second before the slot under way.
func (m *meter) last(now time.Time) (sum slice, versions map[string]string, failed int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.slices {
		if age := now.Truncate(slot).Sub(s.start); age > 0 && age <= time.Second {
			sum.blue += s.blue
			sum.green += s.green
			sum.failed += s.failed
		}
	}
	return sum, map[string]string{"blue": m.versions["blue"], "green": m.versions["green"]}, m.failed
}

// barWidth is the cells of the bar.
const barWidth = 40

// line returns the meter as one line.
func (m *meter) line(s show.Style, now time.Time) string {
	sum, versions, failed := m.last(now)
	all := sum.blue + sum.green + sum.failed
	percent := func(n int) string {
		if all == 0 {
			return "-"
		}
		return fmt.Sprintf("%.0f%%", 100*float64(n)/float64(all))
	}
	side := func(color string, n int) string {
		text := fmt.Sprintf("%s %-2s %4s", color, versions[color], percent(n))
		if versions[color] == "" {
			text = fmt.Sprintf("%*s", len(text), "")
		}
		if n == 0 {
			return s.Faint(text)
		}
		return s.Side(color, text)
	}
	lost := fmt.Sprintf("%d failed", failed)
	if failed > 0 {
		lost = s.Bad(lost)
	}
	return fmt.Sprintf("      %s %s %s  %3d/s  %s", side("blue", sum.blue),
		s.Bar(barWidth, show.Part{Color: "blue", Count: sum.blue}, show.Part{Color: "green", Count: sum.green}, show.Part{Count: sum.failed}),
		side("green", sum.green), all, lost)
}
