package traefik

import (
	"bytes"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

// FuzzMetrics: whatever two answers say, no count is below 0 or beyond what
// Traefik can have counted, and slow ones are among those that were timed.
func FuzzMetrics(f *testing.F) {
	f.Add(counted(request(blueGet, "2")+took("200", "0", "1", "2")), counted(request(blueGet, "3")+took("200", "1", "2", "3")))
	f.Add(counted(took("499", "1", "1e+06", "1.5e+06")), counted(answered("GET", "502", "3")+took("200", "0", "0", "1")))
	f.Add(counted(bucket(blueGet, "+Inf", "3")), counted(request(`code="200",a="\"}\\",`+blueGet, "NaN")))
	f.Fuzz(func(t *testing.T, first, second string) {
		prev, err := ParseMetrics(iotest.HalfReader(bytes.NewReader([]byte(first))))
		if err != nil {
			return
		}
		prev.At = lookedAt
		whole := read(t, first)
		whole.At = lookedAt
		if diff := cmp.Diff(prev, whole, unexported); diff != "" {
			t.Fatalf("in halves it is another one: %s", diff)
		}
		next, err := ParseMetrics(bytes.NewReader([]byte(second)))
		if err != nil {
			next = prev
		}
		for _, latency := range []time.Duration{0, 1, time.Second, time.Hour} {
			for name, d := range next.Since(prev) {
				requests, errors, timed, slow, bound := d.Counts(labels.StatusRange{From: 500, To: 599}, latency)
				rescued := d.Rescued()
				// 800 statuses are summed, and two histograms.
				if errors > requests || requests > 800*maxCount || slow > timed || timed > 2*maxCount || rescued > maxCount || bound < 0 || bound > 0 && bound < latency {
					t.Fatalf("%s: %d errors of %d, %d of %d beyond %v, %d rescued", name, errors, requests, slow, timed, bound, rescued)
				}
				if err != nil && requests+timed+rescued != 0 {
					t.Fatalf("%s has answered %d and %d since the same moment", name, requests, timed)
				}
			}
		}
	})
}
