package show

import "strings"

// Part is one share of a bar.
type Part struct {
	Color string // "blue", "green", or "" for what failed
	Count int
}

// glyphs tell the parts apart also without colors.
var glyphs = map[string]string{"blue": "█", "green": "░", "": "x"}

// Bar returns width cells, split among the parts by their counts. Whatever
// happened at all is seen: it has one cell at least, as far as there are
// enough. Nothing counted gives blanks.
func (s Style) Bar(width int, parts ...Part) string {
	var b strings.Builder
	cells := Cells(width, parts...)
	used := 0
	for i, p := range parts {
		used += cells[i]
		glyph := glyphs[p.Color]
		if s.Color && p.Color != "" {
			glyph = "█"
		}
		text := strings.Repeat(glyph, cells[i])
		if p.Color == "" {
			b.WriteString(s.Bad(text))
		} else {
			b.WriteString(s.Side(p.Color, text))
		}
	}
	b.WriteString(strings.Repeat(" ", max(0, width-used)))
	return b.String()
}

// Cells splits width among the counts so that the sum is exact: each gets
// its rounded-down share, at least one if it counted anything, and the
// largest one takes up what that leaves or lacks.
func Cells(width int, parts ...Part) []int {
	cells := make([]int, len(parts))
	total, largest := 0, 0
	for i, p := range parts {
		total += p.Count
		if p.Count > parts[largest].Count {
			largest = i
		}
	}
	if total == 0 || width <= 0 {
		return cells
	}
	rest := width
	for i, p := range parts {
		if p.Count > 0 {
			cells[i] = max(1, width*p.Count/total)
		}
		rest -= cells[i]
	}
	cells[largest] = max(0, cells[largest]+rest)
	return cells
}
