package main

import (
	"fmt"
	"io"
	"strings"
)

// frame is text on a terminal that the next text replaces.
type frame struct {
	out   io.Writer
	drawn int // lines
}

// draw replaces the last text, in one write so that nothing flickers. What
// does not fit on the screen is left out, since it could not be replaced.
func (f *frame) draw(text string, width, height int) {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if room := max(height-1, 1); len(all) > room {
		hidden := len(all) - room + 1
		all = append(all[:room-1], fmt.Sprintf("… %d more lines", hidden))
	}
	var b strings.Builder
	b.WriteString("\x1b[?2026h") // as one step, where the terminal can
	if f.drawn == 0 {
		b.WriteString("\x1b[?25l") // no cursor
	} else {
		fmt.Fprintf(&b, "\r\x1b[%dA", f.drawn)
	}
	for _, line := range all {
		b.WriteString(fit(line, width) + "\x1b[K\n")
	}
	b.WriteString("\x1b[J\x1b[?2026l")
	_, _ = io.WriteString(f.out, b.String())
	f.drawn = len(all)
}

// clear takes the last text away, so that other lines can stand above the
// next.
func (f *frame) clear() {
	if f.drawn > 0 {
		_, _ = fmt.Fprintf(f.out, "\r\x1b[%dA\x1b[J", f.drawn)
		f.drawn = 0
	}
}

func (f *frame) leave() { _, _ = io.WriteString(f.out, "\x1b[?25h") }
