package traefik

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

// many returns a routing of n apps, each with two colors of two servers.
func many(n int) *rollout.Routing {
	r := &rollout.Routing{Generation: 42}
	for i := range n {
		app := fmt.Sprintf("app-%04d", i)
		web := labels.Service{Name: "web", Port: 8080, Scheme: "http", Server: "{}", Options: `{"passHostHeader":true}`}
		address := func(k int) string { return fmt.Sprintf("10.%d.%d.%d", k, i/250, i%250+1) }
		r.Routes = append(r.Routes, &rollout.Route{
			App: app,
			Routers: []labels.Router{{
				Name: "web", Service: "web",
				Options: fmt.Sprintf(`{"entryPoints":["web"],"middlewares":["%s"],"priority":22,"rule":"Host(`+"`%s.example`"+`)"}`, labels.Qualify(app, "gzip"), app),
			}},
			Middlewares: []labels.Object{{Name: "gzip", Options: `{"compress":{}}`}},
			Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{
				backend(labels.Blue, 90, web, address(0), address(1)),
				backend(labels.Green, 10, web, address(2), address(3)),
			}}},
		})
	}
	return r
}

func BenchmarkRender(b *testing.B) {
	cert, err := NewCertificate(time.Now())
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			r := many(n)
			b.ReportAllocs()
			for b.Loop() {
				data, err := Render(r, cert)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}

func BenchmarkPublish(b *testing.B) {
	p, err := NewPublisher(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			data, err := Render(many(n), nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := p.Publish(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriteToLive(b *testing.B) {
	cert, err := NewCertificate(time.Now())
	if err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct {
		name string
		cert *Certificate
		apps int
	}{
		{"apps=1/certificate=bg", cert, 1},
		{"apps=1/certificate=none", nil, 1},
		{"apps=100/certificate=bg", cert, 100},
		{"apps=1000/certificate=bg", cert, 1000},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := startTraefik(b, nil)
			routing := many(bb.apps)
			routing.Generation = 0
			var took []time.Duration
			for b.Loop() {
				routing.Generation++
				took = append(took, r.release(b, routing, bb.cert))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			start := time.Now()
			const n = 100
			for range n {
				if err := r.client.Confirm(context.Background(), routing.Generation); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/1000/n, "confirm-ms")
		})
	}
}
