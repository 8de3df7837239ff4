package load

import (
	"fmt"
	"maps"
	"sync"
	"time"
)

// maxFailures is how many failures a Result tells of; all are counted.
const maxFailures = 20

// Result is what was counted. Its maps and slices are the caller's own.
type Result struct {
	Requests int            // done, with an answer or without
	Failed   int            // no answer, or one that is not 2xx
	Colors   map[string]int // 2xx answers by X-Color; "" where there was none
	Statuses map[int]int    // 0: no answer
	Failures []Failure      // the first 20
	Elapsed  time.Duration

	// Latency, from the time that a request was due to the end of its answer,
	// of the answered ones: percentiles within 1%, the maximum exact.
	P50, P99, Max time.Duration
}

// Failure is one lost request.
type Failure struct {
	At    time.Time // when it became known
	After time.Duration
	Text  string
}

func (f Failure) String() string {
	return fmt.Sprintf("%s after %s: %s", f.At.Format("15:04:05.000"), f.After.Round(time.Millisecond), f.Text)
}

// tally counts. It may be used from several goroutines.
type tally struct {
	mu      sync.Mutex
	start   time.Time
	stopped time.Time
	counted Result
	latency histogram
}

func (t *tally) add(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.counted
	if r.Statuses == nil {
		r.Statuses, r.Colors = map[int]int{}, map[string]int{}
	}
	r.Requests++
	r.Statuses[a.Status]++
	if a.Err == nil {
		took := a.Done.Sub(a.Due)
		t.latency.add(took)
		r.Max = max(r.Max, took)
	}
	if !a.Failed() {
		r.Colors[a.Color]++
		return
	}
	r.Failed++
	if len(r.Failures) < maxFailures {
		r.Failures = append(r.Failures, Failure{At: a.Done, After: a.Done.Sub(a.Sent), Text: a.text()})
	}
}

func (a Answer) text() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	if a.Color != "" {
		return fmt.Sprintf("status %d from %s %s", a.Status, a.Color, a.Version)
	}
	return fmt.Sprintf("status %d", a.Status)
}

func (t *tally) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = time.Now()
}

func (t *tally) result() Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.counted
	r.Colors = maps.Clone(r.Colors)
	r.Statuses = maps.Clone(r.Statuses)
	r.Failures = append([]Failure(nil), r.Failures...)
	r.P50 = min(t.latency.quantile(0.50), r.Max)
	r.P99 = min(t.latency.quantile(0.99), r.Max)
	end := t.stopped
	if end.IsZero() {
		end = time.Now()
	}
	r.Elapsed = end.Sub(t.start)
	return r
}
