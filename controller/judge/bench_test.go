package judge

import (
	"testing"
	"time"
	"unsafe"
)

// BenchmarkPoll judges one poll of 1,000 apps: baseline, history, evidence
// and verdict.
func BenchmarkPoll(b *testing.B) {
	for name, soak := range map[string]bool{"canary": false, "soak": true} {
		b.Run("apps=1000/"+name, func(b *testing.B) {
			const apps = 1000
			trials, histories := make([]*Trial, apps), make([]History, apps)
			for i := range apps {
				trials[i] = NewTrial(Rules{Alpha: 0.01, Limit: 0.5, Speed: true})
				remember(&histories[i], -time.Hour, time.Hour, time.Second, Counts{Requests: 9, Errors: uint64(i % 2), Timed: 9})
			}
			at := 0
			b.ReportAllocs()
			for b.Loop() {
				at++
				for i, t := range trials {
					p := Poll{
						At:        noon.Add(time.Duration(at) * time.Second),
						Candidate: Counts{Requests: 10, Errors: uint64(i % 2), Timed: 10},
						Stable:    &Counts{Requests: 90, Errors: uint64(9 * (i % 2)), Timed: 90},
					}
					if soak {
						p.Stable = nil
					}
					t.Add(p, histories[i].Baseline(p.At))
					histories[i].Add(p.At, p.Candidate)
					if v := t.Verdict(); v.Reason == "" {
						b.Fatal("no verdict")
					}
				}
			}
			b.ReportMetric(float64(unsafe.Sizeof(Trial{})+unsafe.Sizeof(History{})), "B/app")
		})
	}
}
