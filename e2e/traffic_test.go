package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/e2e/load"
)

// rate is the load of each test, in requests a second, and loadLimit bounds how
// long it lasts. It ends with the test, which takes longest on a busy machine;
// without it, a canary would wait for evidence.
const (
	rate      = 200
	loadLimit = 20 * time.Minute
)

// traffic is a load with every answer kept.
type traffic struct {
	t   *testing.T
	run *load.Run

	mu      sync.Mutex
	answers []load.Answer
}

// load begins to send requests to the app's host. It ends with the test at the
// latest.
func (a *app) load(rate int) *traffic {
	a.t.Helper()
	tr := &traffic{t: a.t}
	run, err := load.Start(root, load.Options{
		Target: a.s.URL(), Host: a.host, Rate: rate, Duration: loadLimit, Connections: 100,
		OnAnswer: func(x load.Answer) {
			tr.mu.Lock()
			defer tr.mu.Unlock()
			tr.answers = append(tr.answers, x)
		},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	tr.run = run
	a.t.Cleanup(func() { run.Stop() })
	return tr
}

// count is what became of the requests sent in a period.
type count struct {
	total, failed int
	colors        map[string]int
	first         []load.Answer // a few of the failures
}

// sent counts the answered requests that were sent from then on, and until then
// if that is given.
func (tr *traffic) sent(from, until time.Time) count {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	c := count{colors: map[string]int{}}
	for _, x := range tr.answers {
		if x.Sent.Before(from) || !until.IsZero() && !x.Sent.Before(until) {
			continue
		}
		c.total++
		if !x.Failed() {
			c.colors[x.Color]++
			continue
		}
		c.failed++
		if len(c.first) < 5 {
			c.first = append(c.first, x)
		}
	}
	return c
}

func (c count) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests, %d failed, blue %d, green %d", c.total, c.failed, c.colors[blue], c.colors[green])
	for _, x := range c.first {
		fmt.Fprintf(&b, "\n    sent %s, failed after %s: status %d, color %q, error %v",
			x.Sent.Format("15:04:05.000"), x.Done.Sub(x.Sent).Round(time.Millisecond), x.Status, x.Color, x.Err)
	}
	return b.String()
}

// more waits until n requests that are sent from now on were answered, and
// returns what became of those.
func (tr *traffic) more(n int) count {
	tr.t.Helper()
	return tr.after(time.Now(), n)
}

// after waits until n requests sent after from were answered.
func (tr *traffic) after(from time.Time, n int) count {
	tr.t.Helper()
	limit := within(tr.t, patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c := tr.sent(from, time.Time{}); c.total >= n {
			return c
		}
		select {
		case <-limit.Done():
			tr.t.Fatalf("waiting for %d answers: %s", n, tr.sent(from, time.Time{}))
		case <-tick.C:
		}
	}
}

// only fails the test if any request was lost or answered by another color.
func (tr *traffic) only(c count, color string) {
	tr.t.Helper()
	if c.failed > 0 || c.colors[color] != c.total {
		tr.t.Errorf("want answers by %s alone: %s", color, c)
	}
}

// stop ends the load and fails the test if anything at all was lost.
func (tr *traffic) lossless() count {
	tr.t.Helper()
	result := tr.run.Stop()
	c := tr.sent(time.Time{}, time.Time{})
	tr.t.Logf("%s; p50 %s, p99 %s, max %s", c, ms(result.P50), ms(result.P99), ms(result.Max))
	if c.failed > 0 || c.total == 0 {
		tr.t.Errorf("requests were lost: %s", c)
	}
	return c
}

// first returns when the first answer of a color to a request sent after from
// arrived.
func (tr *traffic) firstOf(color string, from time.Time) time.Time {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var done []time.Time
	for _, x := range tr.answers {
		if x.Color == color && x.Done.After(from) {
			done = append(done, x.Done)
		}
	}
	if len(done) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(done, time.Time.Compare)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
