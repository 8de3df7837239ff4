//go:build unix

package traefik

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"bg/controller/rollout"
	"bg/labels"
)

// cpu returns how much CPU this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A poll is one look at what is known of all apps, and what is judged of it.
func BenchmarkMetrics(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			text := crowd(n, composeBounds)
			prev, err := ParseMetrics(bytes.NewReader(text))
			if err != nil {
				b.Fatal(err)
			}
			prev.At = time.Now()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				m, err := ParseMetrics(bytes.NewReader(text))
				if err != nil || len(m.Leaves) != 2*n {
					b.Fatal(len(m.Leaves), err)
				}
				for _, d := range m.Since(prev) {
					d.Counts(labels.StatusRange{From: 500, To: 599}, 300*time.Millisecond)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/poll")
			b.ReportMetric(float64(len(text))/1e6, "MB/poll")
		})
	}
}

var cpuLine = regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`)

// traefikCPU returns how much CPU Traefik has used, in seconds.
func traefikCPU(b *testing.B, r *real) float64 {
	resp, err := http.Get("http://" + r.ports["8080"] + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	found := cpuLine.FindSubmatch(text)
	if found == nil {
		b.Fatal("Traefik does not tell its CPU time")
	}
	s, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// What a look costs Traefik, which writes the whole text, and how long it takes.
func BenchmarkLookAtRealTraefik(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			r := startTraefik(b, nil, "--metrics.prometheus=true", "--metrics.prometheus.buckets="+strings.Join(composeBounds, ","))
			address, port := gatewayApp(b, r)
			routing := &rollout.Routing{Generation: 1}
			for i := range 2 * n { // each app has two leaves
				app := fmt.Sprintf("app-%04d", i)
				routing.Routes = append(routing.Routes, &rollout.Route{
					App:      app,
					Routers:  []labels.Router{{Name: "web", Service: "web", Options: fmt.Sprintf(`{"priority":5,"rule":"Host(`+"`%s`"+`)"}`, app)}},
					Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{backend(labels.Blue, 100, labels.Service{Port: port, Scheme: "http"}, address)}}},
				})
			}
			r.release(b, routing, nil)
			var group errgroup.Group
			group.SetLimit(8)
			for _, route := range routing.Routes {
				group.Go(func() error {
					for _, kind := range []string{"GET /200", "POST /200", "GET /404", "GET /500"} {
						method, path, _ := strings.Cut(kind, " ")
						req, err := http.NewRequest(method, "http://"+r.ports["80"]+path, nil)
						if err != nil {
							return err
						}
						req.Host = route.App
						resp, err := http.DefaultClient.Do(req)
						if err != nil {
							return err
						}
						resp.Body.Close()
					}
					return nil
				})
			}
			if err := group.Wait(); err != nil {
				b.Fatal(err)
			}
			before := traefikCPU(b, r)
			for b.Loop() {
				m, err := r.client.Metrics(b.Context())
				if err != nil || len(m.Leaves) != 2*n {
					b.Fatal(len(m.Leaves), err)
				}
			}
			looks := float64(b.N + 1) // one of them is traefikCPU's own
			b.ReportMetric((traefikCPU(b, r)-before)*1000/looks, "traefik-cpu-ms/poll")
		})
	}
}
