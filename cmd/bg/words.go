package main

import (
	"strings"
	"sync"
)

// words returns a writer for what other programs print, which goes to the
// error output, set in and faint.
func (v *progress) words() *words { return &words{v: v} }

// words passes whole lines on.
type words struct {
	v    *progress
	mu   sync.Mutex
	rest []byte
}

// maxWord is how much of one line is kept.
const maxWord = 4096

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range b {
		switch {
		case c == '\n' || c == '\r':
			w.flush()
		case len(w.rest) < maxWord:
			w.rest = append(w.rest, c)
		}
	}
	return len(b), nil
}

func (w *words) flush() {
	line := strings.TrimRight(printable(escapeCodes.ReplaceAllString(string(w.rest), "")), " ")
	w.rest = w.rest[:0]
	if line == "" {
		return
	}
	w.v.mu.Lock()
	defer w.v.mu.Unlock()
	w.v.print(w.v.err, "    "+w.v.dim.faint(line)+"\n")
}

// close passes on a last line without an end.
func (w *words) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
}
