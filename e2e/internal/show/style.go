// Package show prints what the demo and the benchmarks have to say: tables,
// bars, and a line that is renewed in place.
//
// Where the output is no terminal, or with NO_COLOR, all of it is plain text
// that says the same. It knows nothing of Docker or of bg.
package show

import (
	"io"
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// Style says how text looks on one output. The zero Style is plain.
type Style struct {
	Color    bool // with the sixteen colors of the terminal's own theme
	Terminal bool // lines may be renewed in place
	Width    int  // columns; 0: as wide as it gets
}

// StyleOf returns the style that fits w.
func StyleOf(w io.Writer) Style {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return Style{}
	}
	s := Style{Terminal: true, Color: os.Getenv("NO_COLOR") == ""}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		s.Width = width
	}
	return s
}

func (s Style) paint(number, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(number)).Render(text)
}

// Good paints what went as it should.
func (s Style) Good(text string) string { return s.paint("2", text) }

// Bad paints what did not.
func (s Style) Bad(text string) string { return s.paint("1", text) }

// Command paints what somebody can type.
func (s Style) Command(text string) string { return s.paint("6", text) }

// Faint paints what is there for completeness. Text may have several lines.
func (s Style) Faint(text string) string {
	if !s.Color || text == "" {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines { // one by one, or they are filled up with spaces
		lines[i] = lipgloss.NewStyle().Faint(true).Render(line)
	}
	return strings.Join(lines, "\n")
}

// Bold paints headings.
func (s Style) Bold(text string) string {
	if !s.Color || text == "" {
		return text
	}
	return lipgloss.NewStyle().Bold(true).Render(text)
}

// Side paints text in the app's color that it is about.
func (s Style) Side(color, text string) string {
	switch color {
	case "blue":
		return s.paint("12", text)
	case "green":
		return s.paint("10", text)
	}
	return text
}
