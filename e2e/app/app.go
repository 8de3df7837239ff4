package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const hogged = 256 << 20 // bytes that mode hog takes

// config is what the app starts with.
type config struct {
	color, version, host string
	mode                 mode
	readyAt              time.Time
	failAfter            int64 // answers with 200 before it fails; below 0: no end
	exit                 func(code int)
	out                  io.Writer
}

// app answers HTTP in the color and mode it has at the moment. All of it may be
// used from several goroutines.
type app struct {
	start   config
	mux     *http.ServeMux
	sockets sync.WaitGroup
	read    atomic.Int64 // bytes of the bodies of /echo

	mu     sync.Mutex
	set    setting
	since  time.Time // of set
	random *rand.Rand
	budget int64 // answers left before it fails; below 0: no end
	hogged []byte
}

func newApp(c config) *app {
	a := &app{start: c, mux: http.NewServeMux()}
	a.change(setting{mode: c.mode, delay: slowness, share: 1}, c.failAfter)
	a.mux.HandleFunc("/", a.page)
	a.mux.HandleFunc("/healthz", a.healthz)
	a.mux.HandleFunc("/control", a.control)
	a.mux.HandleFunc("/sse", a.events)
	a.mux.HandleFunc("/ws", a.socket)
	a.mux.HandleFunc("POST /echo", a.echo)
	a.mux.HandleFunc("GET /echo", a.echoed)
	a.mux.HandleFunc("/bytes/{n}", a.bytes)
	a.mux.HandleFunc("/request/", a.request)
	a.mux.HandleFunc(oncePattern, a.once)
	return a
}

// ServeHTTP puts the mode before every page but /control, through which alone
// the app can be brought back.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Color", a.start.color)
	h.Set("X-Version", a.start.version)
	h.Set("X-Host", a.start.host)
	a.enter(r)
	if r.URL.Path != "/control" && !a.misbehave(w, r) {
		return
	}
	a.mux.ServeHTTP(w, r)
}

// misbehave does what the mode asks for and says whether the request is to be
// answered as usual after that.
func (a *app) misbehave(w http.ResponseWriter, r *http.Request) bool {
	health := r.URL.Path == "/healthz"
	m, delay := a.count(!health)
	switch {
	case m == crash:
		a.start.exit(1)
	case m == hang:
		<-r.Context().Done()
		return false
	case m == slow:
		select {
		case <-r.Context().Done():
			return false
		case <-time.After(delay):
		}
	case m == fail && !health:
		http.Error(w, a.start.color+" "+a.start.version+" fails", http.StatusInternalServerError)
		return false
	case m == unhealthy && health:
		http.Error(w, "not healthy", http.StatusServiceUnavailable)
		return false
	}
	return true
}

// count takes a request into account for FAIL_AFTER and for the share of mode
// fail, and returns the mode for it: flap is unhealthy and ok in turns.
func (a *app) count(counted bool) (mode, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if counted && a.set.mode == ok {
		switch {
		case a.budget > 0:
			a.budget--
		case a.budget == 0:
			a.set.mode = fail
		}
	}
	switch m := a.set.mode; {
	case m == fail && counted && a.random.Float64() >= a.set.share,
		m == flap && time.Since(a.since)/a.set.delay%2 == 1:
		return ok, 0
	case m == flap:
		return unhealthy, 0
	default:
		return m, a.set.delay
	}
}

func (a *app) page(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, a.start.color, a.start.version)
}

func (a *app) healthz(w http.ResponseWriter, _ *http.Request) {
	if time.Now().Before(a.start.readyAt) {
		http.Error(w, "not healthy", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// control sets the mode. A crash is carried out here and now, so the one who
// asks for it gets no answer.
func (a *app) control(w http.ResponseWriter, r *http.Request) {
	set, err := parseSetting(r.FormValue)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if set.mode == crash {
		a.start.exit(1)
		return
	}
	a.change(set, -1)
	fmt.Fprintln(w, set.mode)
}

// change makes the app behave so from now on; budget is as in app.
func (a *app) change(set setting, budget int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set, a.since, a.budget, a.hogged = set, time.Now(), budget, nil
	a.random = rand.New(rand.NewPCG(1, 2)) // the same share fails in the same places
	if set.mode == hog {
		a.hogged = make([]byte, hogged)
		for i := 0; i < len(a.hogged); i += 4096 {
			a.hogged[i] = 1 // a page counts once it is written to
		}
	}
}

// request answers the request itself, as it arrived here.
func (a *app) request(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, "%s %s\nHost: %s\n", r.Method, r.RequestURI, r.Host)
	r.Header.Write(w)
}
