package compose

import (
	"bytes"
	"io"
	"strings"
)

// tail keeps the last lines of what is written to it and passes all on.
type tail struct {
	also  io.Writer
	size  int // bytes kept; 0: 8 KiB
	count int // lines; 0: 10
	kept  []byte
}

func (t *tail) Write(b []byte) (int, error) {
	size := t.size
	if size == 0 {
		size = 8 << 10
	}
	t.kept = append(t.kept, b...)
	if len(t.kept) > size {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-size:]...)
	}
	if t.also != nil {
		// What can't be shown must not break the program's pipe.
		_, _ = t.also.Write(b)
	}
	return len(b), nil
}

func (t *tail) lines() string {
	count := t.count
	if count == 0 {
		count = 10
	}
	var lines []string
	for line := range strings.SplitSeq(string(t.kept), "\n") {
		if line = strings.TrimRight(line, " \r"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.ToValidUTF8(strings.Join(lines[max(0, len(lines)-count):], "\n"), "?")
}

// head keeps the first bytes of what is written to it.
type head struct {
	bytes.Buffer
	cut bool
}

func (h *head) Write(b []byte) (int, error) {
	n := min(len(b), maxFile-h.Len())
	h.Buffer.Write(b[:n])
	h.cut = h.cut || n < len(b)
	return len(b), nil
}
