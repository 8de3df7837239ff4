package main

import (
	"fmt"
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"

	"bg/controller/api"
)

// style colors words, or leaves them alone. Only the sixteen colors of the
// terminal's own theme are used.
type style struct{ color bool }

// style returns the style for p.out: plain on a pipe, on a dumb terminal
// and with NO_COLOR.
func (p *program) style() style {
	_, terminal := p.terminal()
	return style{color: terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// terminal returns p.out if it is a terminal.
func (p *program) terminal() (*os.File, bool) {
	f, ok := p.out.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// width returns the columns of the terminal, or 0 for "as wide as it gets".
func (p *program) width() int {
	f, ok := p.terminal()
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

func (s style) paint(number, text string) string {
	if !s.color || text == "" {
		return text
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(number)).Render(text)
}

func (s style) red(text string) string    { return s.paint("1", text) }
func (s style) green(text string) string  { return s.paint("2", text) }
func (s style) yellow(text string) string { return s.paint("3", text) }
func (s style) cyan(text string) string   { return s.paint("6", text) }

func (s style) faint(text string) string {
	if !s.color || text == "" {
		return text
	}
	return lipgloss.NewStyle().Faint(true).Render(text)
}

func (s style) bold(text string) string {
	if !s.color || text == "" {
		return text
	}
	return lipgloss.NewStyle().Bold(true).Render(text)
}

// side paints text in the app color that it is about.
func (s style) side(color, text string) string {
	switch color {
	case "blue":
		return s.paint("12", text)
	case "green":
		return s.paint("10", text)
	}
	return text
}

func (s style) share(color string, percent int) string {
	text := fmt.Sprintf("%d%%", percent)
	if percent == 0 {
		return s.faint(text)
	}
	return s.side(color, text)
}

func (s style) phase(phase string) string {
	switch phase {
	case api.PhaseStable:
		return s.green(phase)
	case api.PhaseDown:
		return s.red(phase)
	case api.PhaseCanary, api.PhaseReady:
		return s.yellow(phase)
	}
	return s.cyan(phase)
}

func (s style) change(change string) string {
	switch change {
	case "demote", "abort", "alarm", "refuse":
		return s.red(change)
	case "promote", "rollback":
		return s.green(change)
	case "canary", "pause":
		return s.yellow(change)
	}
	return change
}

// outcome paints how a release ended.
func (s style) outcome(text string) string {
	word, _, _ := strings.Cut(text, " ")
	switch strings.TrimSuffix(word, ":") {
	case api.ReleaseDone, api.ReleaseSuperseded:
		return s.green(text)
	case api.ReleaseFailed, api.ReleaseTimedOut, api.ReleaseDemoted:
		return s.red(text)
	}
	return text
}

// level is the mark and the paint of a finding.
func (s style) level(level string) string {
	switch level {
	case "error":
		return s.red("✗")
	case "warning":
		return s.yellow("!")
	}
	return s.green("✓")
}
