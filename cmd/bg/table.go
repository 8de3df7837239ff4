package main

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// gap is what stands between two columns.
const gap = 3

// table is columns of cells, which may be colored but not hold line ends.
type table struct {
	style  style
	head   []string
	rows   [][]string
	indent string
}

// render returns the lines. The last column is cut with … where it would
// pass width; 0 means that there is none.
func (t table) render(width int) string {
	widths := make([]int, len(t.head))
	lines := append([][]string{t.heading()}, t.rows...)
	if t.head == nil {
		lines = t.rows
		for _, row := range t.rows {
			widths = make([]int, max(len(widths), len(row)))
		}
	}
	for _, row := range lines {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range lines {
		var line strings.Builder
		line.WriteString(t.indent)
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-lipgloss.Width(cell)+gap))
			}
		}
		b.WriteString(fit(line.String(), width))
		b.WriteByte('\n')
	}
	return b.String()
}

// with returns the table with one more column at its end.
func (t table) with(head string, cells []string) table {
	wider := table{style: t.style, indent: t.indent, head: slices.Concat(t.head, []string{head})}
	for i, row := range t.rows {
		wider.rows = append(wider.rows, slices.Concat(row, []string{cells[i]}))
	}
	return wider
}

// width returns the columns that the longest line takes.
func (t table) width() int { return lipgloss.Width(t.render(0)) }

func (t table) heading() []string {
	var cells []string
	for _, h := range t.head {
		cells = append(cells, t.style.faint(h))
	}
	return cells
}

// fit cuts a line that would pass width.
func fit(line string, width int) string {
	if width > 0 {
		line = ansi.Truncate(line, width, "…")
	}
	return strings.TrimRight(line, " ")
}

// wrap breaks text into lines of at most width, of which all but the first
// are set in by indent. 0 means no limit.
func wrap(text, indent string, width int) string {
	lines := strings.Split(strings.TrimSpace(printable(text)), "\n")
	var out []string
	for _, line := range lines {
		if room := width - len(indent); width > 0 && room > 20 {
			line = ansi.Wrap(line, room, " ")
		}
		out = append(out, strings.Split(line, "\n")...)
	}
	return strings.Join(out, "\n"+indent)
}
