package show

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// Live is an output with one last line that is renewed in place, on a
// terminal; on anything else each Renew is a line. Its methods may be called
// at once.
type Live struct {
	Style Style
	w     io.Writer
	mu    sync.Mutex
	last  string // what stands in the last line, "" if nothing does
}

// NewLive returns a Live that writes to w.
func NewLive(w io.Writer) *Live { return &Live{Style: StyleOf(w), w: w} }

// Print writes text and a line end above the line that is renewed.
func (l *Live) Print(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf(format, args...) + "\n"
	if !l.Style.Terminal {
		io.WriteString(l.w, text)
		return
	}
	io.WriteString(l.w, l.erase()+text+l.last)
}

// Renew replaces the last line.
func (l *Live) Renew(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.Style.Terminal {
		io.WriteString(l.w, strings.TrimRight(line, " ")+"\n")
		return
	}
	if l.Style.Width > 0 {
		// One column is left free: a full line would wrap in some terminals.
		line = ansi.Truncate(line, l.Style.Width-1, "")
	}
	erase := l.erase()
	l.last = line
	io.WriteString(l.w, erase+line)
}

// Keep ends the last line: what is in it stays, and what comes goes below.
func (l *Live) Keep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last != "" {
		io.WriteString(l.w, "\n")
		l.last = ""
	}
}

// Clear removes the last line.
func (l *Live) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	io.WriteString(l.w, l.erase())
	l.last = ""
}

func (l *Live) erase() string {
	if l.last == "" {
		return ""
	}
	return "\r\x1b[2K"
}
