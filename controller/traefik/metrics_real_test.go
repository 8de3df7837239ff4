package traefik

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/controller/rollout"
	"bg/labels"
)

// gatewayApp answers as its path says. It is the test itself, which Traefik finds
// at its network's gateway.
func gatewayApp(t testing.TB, r *real) (address string, port int) {
	t.Helper()
	gateway := strings.TrimSpace(docker(t, "network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", r.name))
	l, err := net.Listen("tcp", net.JoinHostPort(gateway, "0"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("the engine's networks are not on this machine: %v", err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(answerAsAsked), ErrorLog: quiet}}
	s.Start()
	t.Cleanup(s.Close)
	return gateway, l.Addr().(*net.TCPAddr).Port
}

func answerAsAsked(w http.ResponseWriter, r *http.Request) {
	raw := func(text string) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(c, text)
			c.Close()
		}
	}
	begin := func() {
		_, _ = w.Write(make([]byte, 100))
		w.(http.Flusher).Flush()
	}
	switch r.URL.Path {
	case "/hang":
		<-r.Context().Done()
	case "/slow":
		select {
		case <-time.After(1100 * time.Millisecond):
		case <-r.Context().Done():
		}
	case "/reset":
		panic(http.ErrAbortHandler)
	case "/cut":
		w.Header().Set("Content-Length", "1000")
		begin()
		panic(http.ErrAbortHandler)
	case "/endless":
		begin()
		<-r.Context().Done()
	case "/nonsense":
		raw("nonsense\r\n\r\n")
	case "/socket":
		raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbye")
	case "/grpc":
		w.Header().Set("Content-Type", "application/grpc")
		begin()
		w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
	default:
		var code int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &code)
		w.WriteHeader(code)
	}
}

// tally is what a Delta says, for a latency of 1 s.
type tally struct{ requests, errors, timed, slow, rescued uint64 }

func tallies(deltas map[string]Delta) map[string]tally {
	all := make(map[string]tally)
	for name, d := range deltas {
		var c tally
		c.requests, c.errors, c.timed, c.slow, _ = d.Counts(labels.StatusRange{From: 500, To: 599}, time.Second)
		if c.rescued = d.Rescued(); c != (tally{}) {
			all[name] = c
		}
	}
	return all
}

// watcher compares what Traefik counts with what was asked.
type watcher struct {
	*real
	last Metrics
}

// get asks for a path and returns once the answer has ended or the client has
// had enough of it.
func (w *watcher) get(t *testing.T, method, host, path string, patience time.Duration, header ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+w.ports["80"]+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return // a request that was to fail is counted, or not, all the same
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
}

// expect waits until Traefik has counted exactly that since the step before:
// it counts just after the client has got its answer.
func (w *watcher) expect(t *testing.T, step string, want map[string]tally) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		m, err := w.client.Metrics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		diff := cmp.Diff(want, tallies(m.Since(w.last)), cmp.AllowUnexported(tally{}))
		if diff == "" {
			w.last = m
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %s", step, diff)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestRealTraefikCountsPerColor(t *testing.T) {
	const enough, short = 10 * time.Second, 300 * time.Millisecond
	r := startTraefik(t, nil, "--metrics.prometheus=true", "--metrics.prometheus.buckets=0.05,1,5")
	address, port := gatewayApp(t, r)
	alive := labels.Service{Port: port, Scheme: "http"}
	dead := labels.Service{Port: 1, Scheme: "http"}
	web := &rollout.Route{
		App:      "shop",
		Routers:  []labels.Router{{Name: "web", Service: "web", Options: `{"priority":5,"rule":"Host(` + "`web`" + `)"}`}},
		Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{backend(labels.Blue, 100, alive, address)}}},
	}
	canary := &rollout.Route{
		App:     "trial",
		Routers: []labels.Router{{Name: "web", Service: "web", Options: `{"priority":5,"rule":"Host(` + "`trial`" + `)"}`}},
		Services: []rollout.Service{{Name: "web", Rescue: labels.Blue, Backends: []rollout.Backend{
			backend(labels.Blue, 0, alive, address), backend(labels.Green, 100, dead, address),
		}}},
	}
	generation := uint64(0)
	release := func(routes ...*rollout.Route) {
		generation++
		r.release(t, &rollout.Routing{Generation: generation, Routes: routes}, nil)
	}
	release(web, canary)
	w := &watcher{real: r}
	var err error
	if w.last, err = r.client.Metrics(t.Context()); err != nil {
		t.Fatal(err)
	}

	for range 3 {
		w.get(t, "GET", "web", "/200", enough)
		w.get(t, "POST", "web", "/500", enough)
	}
	w.get(t, "HEAD", "web", "/404", enough)
	w.get(t, "BREW", "web", "/418", enough)
	w.expect(t, "plain requests", map[string]tally{"shop-web-blue": {requests: 8, errors: 3, timed: 8}})

	w.get(t, "GET", "web", "/nonsense", enough)
	w.get(t, "GET", "web", "/reset", enough)
	w.expect(t, "answers that are none", map[string]tally{"shop-web-blue": {requests: 2, errors: 2, timed: 2, rescued: 1}})

	w.get(t, "GET", "web", "/slow", enough)
	w.expect(t, "a slow one", map[string]tally{"shop-web-blue": {requests: 1, timed: 1, slow: 1}})

	w.get(t, "GET", "web", "/hang", 1200*time.Millisecond)
	w.expect(t, "a client that had enough", map[string]tally{"shop-web-blue": {timed: 1, slow: 1}})

	w.get(t, "GET", "web", "/cut", enough)
	w.get(t, "GET", "web", "/endless", short)
	w.get(t, "GET", "web", "/endless", short, "Accept", "text/event-stream")
	w.get(t, "GET", "web", "/200", enough, "Accept", "text/event-stream")
	w.get(t, "POST", "web", "/grpc", enough, "Content-Type", "application/grpc")
	w.socket(t)
	w.get(t, "GET", "web", "/200", enough)
	w.expect(t, "cut answers and streams, and one request", map[string]tally{"shop-web-blue": {requests: 1, timed: 1}})

	w.get(t, "GET", "trial", "/200", enough)
	w.get(t, "GET", "trial", "/404", enough)
	w.get(t, "POST", "trial", "/200", enough)
	w.get(t, "GET", "trial", "/200", enough, "Accept", "text/event-stream")
	w.expect(t, "requests that the other color answers", map[string]tally{
		"trial-web-green": {requests: 3, errors: 3, timed: 3, rescued: 3},
		"trial-web-blue":  {requests: 2, timed: 2},
	})

	release(canary)
	w.expect(t, "gone", map[string]tally{})
	w.expect(t, "forgotten", map[string]tally{}) // by Traefik too, since somebody has looked
	if w.last.Leaves["shop-web-blue"] != nil {
		t.Error("Traefik still counts a leaf that has gone")
	}
	release(web, canary)
	w.get(t, "GET", "web", "/200", enough)
	w.get(t, "GET", "web", "/200", enough)
	w.expect(t, "back", map[string]tally{"shop-web-blue": {requests: 2, timed: 2}})

	release(canary)
	release(web, canary)
	w.get(t, "GET", "web", "/200", enough)
	w.expect(t, "gone and back between two looks", map[string]tally{"shop-web-blue": {requests: 1, timed: 1}})

	docker(t, "restart", "-t", "0", r.name)
	r.reach(t)
	if err := r.client.Confirm(t.Context(), generation); err != nil {
		t.Fatal(err)
	}
	w.get(t, "GET", "web", "/200", enough)
	w.get(t, "GET", "web", "/503", enough)
	w.expect(t, "after a restart", map[string]tally{"shop-web-blue": {requests: 2, errors: 1, timed: 2, rescued: 1}})
}

// socket opens a WebSocket, which the app closes.
func (w *watcher) socket(t *testing.T) {
	t.Helper()
	c, err := net.Dial("tcp", w.ports["80"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /socket HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "101") {
		t.Fatalf("%q, %v", line, err)
	}
}

func TestRealTraefikWithoutMetricsIsFound(t *testing.T) {
	r := startTraefik(t, nil)
	if _, err := r.client.Metrics(t.Context()); !errors.As(err, new(*NoMetrics)) {
		t.Errorf("got %v", err)
	}
}

func TestRealTraefikThatDoesNotCountPerServiceIsFound(t *testing.T) {
	r := startTraefik(t, nil, "--metrics.prometheus=true", "--metrics.prometheus.addServicesLabels=false")
	address, port := gatewayApp(t, r)
	r.release(t, &rollout.Routing{Generation: 1, Routes: []*rollout.Route{{
		App:      "shop",
		Routers:  []labels.Router{{Name: "web", Service: "web", Options: `{"priority":5,"rule":"Host(` + "`web`" + `)"}`}},
		Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{backend(labels.Blue, 100, labels.Service{Port: port, Scheme: "http"}, address)}}},
	}}}, nil)
	if info, problems := r.client.Check(t.Context()); !info.Metrics || len(problems) > 0 {
		t.Fatalf("before the first request: %+v, %+v", info, problems)
	}
	w := &watcher{real: r}
	w.get(t, "GET", "web", "/200", 5*time.Second)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		info, problems := r.client.Check(t.Context())
		if !info.Metrics && len(problems) == 1 && strings.Contains(problems[0].Text, "addServicesLabels=true") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %+v, %+v", info, problems)
		}
	}
}
