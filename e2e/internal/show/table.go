package show

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// gap is what stands between two columns.
const gap = 2

// Table is rows of cells under a heading. Cells may be colored; they hold no
// line ends.
type Table struct {
	Head []string // nil: none
	Rows [][]string
	Left int // this many columns stand to the left, the others to the right
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Render returns the table, each line set in by indent. Cells that are
// missing at the end of a row are empty.
func (t *Table) Render(s Style, indent string) string {
	var widths []int
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		widths = append(widths, make([]int, max(0, len(row)-len(widths)))...)
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	var b strings.Builder
	line := func(row []string, paint func(string) string) {
		var l strings.Builder
		for i, cell := range row {
			if i > 0 {
				l.WriteString(strings.Repeat(" ", gap))
			}
			space := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			if i < t.Left {
				l.WriteString(paint(cell) + space)
			} else {
				l.WriteString(space + paint(cell))
			}
		}
		b.WriteString(strings.TrimRight(indent+l.String(), " "))
		b.WriteByte('\n')
	}
	if t.Head != nil {
		line(t.Head, s.Faint)
	}
	for _, row := range t.Rows {
		line(row, func(cell string) string { return cell })
	}
	return b.String()
}
