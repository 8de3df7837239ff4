package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// serve returns the options of a short load on handler.
func serve(t *testing.T, handler http.HandlerFunc) Options {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return Options{Target: server.URL, Rate: 1000, Duration: 50 * time.Millisecond, Connections: 5}
}

// finish runs o to its end.
func finish(t *testing.T, o Options) Result {
	t.Helper()
	run, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	<-run.Done()
	return run.Stop()
}

func TestAnswersAreCountedPerColorAndStatus(t *testing.T) {
	var n atomic.Int64
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "shop.localhost" || r.URL.Path != "/cart" {
			t.Errorf("asked for %s%s", r.Host, r.URL.Path)
		}
		switch n.Add(1) % 5 {
		case 0:
			w.WriteHeader(http.StatusBadGateway)
		case 1:
			w.Header().Set("X-Color", "green")
		default:
			w.Header().Set("X-Color", "blue")
		}
	})
	o.Host, o.Path = "shop.localhost", "/cart"
	var seen atomic.Int64
	o.OnAnswer = func(Answer) { seen.Add(1) }
	r := finish(t, o)
	if r.Requests != 50 || seen.Load() != 50 || n.Load() != 50 {
		t.Errorf("%d requests counted, %d told, %d served, want 50 each", r.Requests, seen.Load(), n.Load())
	}
	if r.Failed != 10 || r.Statuses[502] != 10 || r.Statuses[200] != 40 || r.Colors["green"] != 10 || r.Colors["blue"] != 30 {
		t.Errorf("got %+v", r)
	}
	if len(r.Failures) != 10 || r.Failures[0].Text != "status 502" {
		t.Errorf("failures: %v", r.Failures)
	}
}

func TestEachRequestMayBeAnother(t *testing.T) {
	var mu sync.Mutex
	arrived, answered := map[string]int{}, map[string]int{}
	o := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		arrived[r.Method+" "+r.URL.Path+" "+string(body)]++
	})
	o.Each = func(i int64) Request {
		if i%10 != 0 {
			return Request{}
		}
		return Request{Method: "POST", Path: fmt.Sprintf("/%d", i), Body: "b"}
	}
	o.OnAnswer = func(a Answer) {
		mu.Lock()
		defer mu.Unlock()
		answered[a.Request.Method+" "+a.Request.Path+" "+a.Request.Body]++
	}
	finish(t, o)
	want := map[string]int{"GET / ": 45, "POST /0 b": 1, "POST /10 b": 1, "POST /20 b": 1, "POST /30 b": 1, "POST /40 b": 1}
	if diff := cmp.Diff(want, arrived); diff != "" {
		t.Errorf("what arrived (-want +got):\n%s", diff)
	}
	want["  "] = want["GET / "] // as it was given
	delete(want, "GET / ")
	if diff := cmp.Diff(want, answered); diff != "" {
		t.Errorf("what was told (-want +got):\n%s", diff)
	}
}

func TestLatencyCountsFromWhenARequestWasDue(t *testing.T) {
	// One connection and 20 ms an answer serve 50 a second; 200 are due.
	o := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) })
	o.Rate, o.Connections, o.Duration = 200, 1, 200*time.Millisecond
	r := finish(t, o)
	if r.Max < 80*time.Millisecond {
		t.Errorf("the slowest took %s: the wait for a connection is not in it", r.Max)
	}
	if r.P50 > r.P99 || r.P99 > r.Max {
		t.Errorf("p50 %s, p99 %s, max %s", r.P50, r.P99, r.Max)
	}
}

func TestARunStopsWithItsContext(t *testing.T) {
	o := serve(t, func(http.ResponseWriter, *http.Request) {})
	o.Duration = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	run, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	for run.Snapshot().Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-run.Done()
	if first, second := run.Stop(), run.Stop(); first.Requests != second.Requests || first.Elapsed != second.Elapsed {
		t.Errorf("the result still changes: %+v, then %+v", first, second)
	}
}

func TestARequestUnderWayAtTheStopIsCounted(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var first sync.Once
	o := serve(t, func(http.ResponseWriter, *http.Request) {
		first.Do(func() { close(entered) })
		<-release
	})
	o.Duration, o.Connections = time.Hour, 1
	run, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	<-entered
	result := make(chan Result)
	go func() { result <- run.Stop() }()
	close(release)
	if r := <-result; r.Requests < 1 || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestOptionsAreRefusedWithTheirName(t *testing.T) {
	for _, c := range []struct {
		option string
		change func(*Options)
	}{
		{"target", func(o *Options) { o.Target = "http://example.com:80" }},
		{"target", func(o *Options) { o.Target = "http://192.0.2.1:80" }},
		{"target", func(o *Options) { o.Target = "https://127.0.0.1:80" }},
		{"target", func(o *Options) { o.Target = "http://127.0.0.1:80/path" }},
		{"rate", func(o *Options) { o.Rate = 0 }},
		{"rate", func(o *Options) { o.Rate = maxRate + 1 }},
		{"connections", func(o *Options) { o.Connections = maxConnections + 1 }},
		{"duration", func(o *Options) { o.Duration = 0 }},
		{"duration", func(o *Options) { o.Duration = maxDuration + 1 }},
		{"timeout", func(o *Options) { o.Timeout = maxTimeout + 1 }},
	} {
		o := Options{Target: "http://127.0.0.1:1", Rate: 1, Duration: time.Second}
		c.change(&o)
		if _, err := Start(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), c.option) {
			t.Errorf("%+v: got error %v, want one about the %s", o, err, c.option)
		}
	}
}
