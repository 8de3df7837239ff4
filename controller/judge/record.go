package judge

import (
	"encoding/json"
	"io"
	"slices"
)

// A record is lines of JSON: a header, then the polls, so that anyone can
// have them judged again.
const recordVersion = 1

// header is the first line.
type header struct {
	Version int    `json:"version"`
	Rules   Rules  `json:"rules"`
	Trial   *Trial `json:"trial,omitempty"` // what there was before the first poll, unless nothing
}

// entry is one line: a poll and the baseline that it was judged with.
type entry struct {
	Poll
	Baseline Baseline `json:"baseline"`
}

// Recorder keeps the polls of a Trial, the newest ones in full. It is for one
// goroutine at a time.
type Recorder struct {
	before  Trial // of the oldest that is kept
	entries []entry
	most    int
}

// NewRecorder returns a Recorder for a Trial, as it is before the first poll
// that is added. It holds at most the given number of polls, at least 2 and
// at 200 bytes each; what is older is kept as the state that it led to.
func NewRecorder(t *Trial, most int) *Recorder {
	return &Recorder{before: *t, most: max(most, 2)}
}

// Add keeps what was given to the Trial. A poll without a request is left
// out, as it changes nothing. Once the Trial has failed nothing should be
// added, or what it failed by goes.
func (r *Recorder) Add(p Poll, b Baseline) {
	if p.Candidate.Requests == 0 && (p.Stable == nil || p.Stable.Requests == 0) {
		return
	}
	if p.Stable != nil {
		stable := *p.Stable
		p.Stable = &stable
	}
	if len(r.entries) >= r.most {
		old := (r.most + 1) / 2
		for _, e := range r.entries[:old] {
			r.before.Add(e.Poll, e.Baseline)
		}
		r.entries = slices.Delete(r.entries, 0, old)
	}
	r.entries = append(r.entries, entry{p, b})
}

// WriteTo writes the record, which Replay reads.
func (r *Recorder) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	e := json.NewEncoder(c)
	h := header{Version: recordVersion, Rules: r.before.Rules}
	if !r.before.Begun.IsZero() {
		h.Trial = &r.before
	}
	err := e.Encode(h)
	for i := 0; err == nil && i < len(r.entries); i++ {
		err = e.Encode(r.entries[i])
	}
	return c.n, err
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
