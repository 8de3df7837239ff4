//go:build unix

package controller

import (
	"bytes"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"bg/controller/judge"
	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// BenchmarkPoll measures one poll while 1,000 apps are in a canary at once:
// Traefik's text is read, what came since the last one is told apart, and each
// app is judged by it.
func BenchmarkPoll(b *testing.B) {
	const apps = 1000
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	trials := make([]rollout.Trial, apps)
	for i := range trials {
		trials[i] = rollout.Trial{
			App: fmt.Sprintf("app%04d", i), Active: labels.Blue, Key: "green/1/0", Candidate: labels.Green, Rules: judge.Rules{Alpha: 0.01},
			Services: []rollout.Examined{{Service: "web", Status: labels.StatusRange{From: 500, To: 599}, Latency: 300 * time.Millisecond}},
		}
	}
	var polls [][]byte
	for n := range 4 {
		polls = append(polls, exposition(trials, n))
	}
	c := court{cases: map[string]*docket{}}
	fresh := func(string, string) *arm { return &arm{} }
	poll := func(n int) {
		m, err := traefik.ParseMetrics(bytes.NewReader(polls[n%len(polls)]))
		if err != nil {
			b.Fatal(err)
		}
		m.At = now.Add(time.Duration(n) * time.Second)
		c.hear(m, trials, rollout.State{}, fresh)
	}
	n := 0
	for ; n < 2; n++ {
		poll(n)
	}
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		poll(n)
		n++
	}
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/poll")
	b.ReportMetric(float64(len(polls[0]))/1e6, "MB/poll")
	if got := c.judgments(); len(got) != apps || got["app0007"].Candidate.Requests == 0 {
		b.Fatalf("%d judgments, %+v", len(got), got["app0007"])
	}
	polls = nil
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
	runtime.KeepAlive(&c)
}

// exposition is Traefik's text at the nth poll.
func exposition(trials []rollout.Trial, n int) []byte {
	var b bytes.Buffer
	b.WriteString("traefik_config_reloads_total 1\n")
	bounds := []string{"0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.3", "0.5", "0.75", "1", "1.5", "2", "3", "5", "10", "30", "+Inf"}
	for _, t := range trials {
		for _, color := range labels.Colors {
			for _, kind := range [][2]string{{"200", "GET"}, {"200", "POST"}, {"500", "GET"}} {
				count := 900 + 9*n
				if color == t.Candidate {
					count = 100 + n
				}
				if kind[0] == "500" {
					count /= 100
				}
				series := fmt.Sprintf("{code=%q,method=%q,protocol=\"http\",service=\"%s@file\"", kind[0], kind[1], labels.Leaf(t.App, "web", color))
				fmt.Fprintf(&b, "traefik_service_requests_total%s} %d\n", series, count)
				for _, le := range bounds {
					fmt.Fprintf(&b, "traefik_service_request_duration_seconds_bucket%s,le=%q} %d\n", series, le, count)
				}
				fmt.Fprintf(&b, "traefik_service_request_duration_seconds_sum%s} %g\ntraefik_service_request_duration_seconds_count%s} %d\n", series, float64(count)/1000, series, count)
			}
		}
	}
	return b.Bytes()
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
