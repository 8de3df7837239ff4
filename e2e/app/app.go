package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// slowness is the delay of mode slow if none is given, and maxDelay the longest;
// maxBody bounds what /echo reads.
const (
	slowness = 300 * time.Millisecond
	maxDelay = time.Minute
	maxBody  = 1 << 30
	hogged   = 256 << 20 // bytes
)

// config is what the app starts with.
type config struct {
	color, version, host string
	mode                 mode
	readyAt              time.Time
	failAfter            int64 // answers with 200 before it fails; below 0: no end
	exit                 func(code int)
}

// app answers HTTP in the color and mode it has at the moment. All of it may be
// used from several goroutines.
type app struct {
	start   config
	mux     *http.ServeMux
	sockets sync.WaitGroup

	mu     sync.Mutex
	mode   mode
	delay  time.Duration
	budget int64 // answers left before it fails; below 0: no end
	hogged []byte
}

func newApp(c config) *app {
	a := &app{start: c, mode: c.mode, delay: slowness, budget: c.failAfter, mux: http.NewServeMux()}
	a.mux.HandleFunc("/", a.page)
	a.mux.HandleFunc("/healthz", a.healthz)
	a.mux.HandleFunc("/control", a.control)
	a.mux.HandleFunc("/sse", a.events)
	a.mux.HandleFunc("/ws", a.socket)
	a.mux.HandleFunc("POST /echo", a.echo)
	a.mux.HandleFunc("/request/", a.request)
	return a
}

// ServeHTTP puts the mode before every page but /control, through which alone
// the app can be brought back.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Color", a.start.color)
	h.Set("X-Version", a.start.version)
	h.Set("X-Host", a.start.host)
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
	}
	return true
}

// count takes a request into account for FAIL_AFTER and returns the mode for it.
func (a *app) count(counted bool) (mode, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if counted && a.mode == ok {
		switch {
		case a.budget > 0:
			a.budget--
		case a.budget == 0:
			a.mode = fail
		}
	}
	return a.mode, a.delay
}

func (a *app) page(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, a.start.color, a.start.version)
}

func (a *app) healthz(w http.ResponseWriter, _ *http.Request) {
	m, _ := a.count(false)
	if m == unhealthy || time.Now().Before(a.start.readyAt) {
		http.Error(w, "not healthy", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// control sets the mode. A crash is carried out here and now, so the one who
// asks for it gets no answer.
func (a *app) control(w http.ResponseWriter, r *http.Request) {
	m, err := parseMode(r.FormValue("mode"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	delay := slowness
	if text := r.FormValue("delay"); text != "" {
		delay, err = time.ParseDuration(text)
		if err != nil || delay < 0 || delay > maxDelay {
			http.Error(w, fmt.Sprintf("delay %q: it has to be a duration up to %s", text, maxDelay), http.StatusBadRequest)
			return
		}
	}
	if m == crash {
		a.start.exit(1)
		return
	}
	a.mu.Lock()
	a.mode, a.delay, a.budget, a.hogged = m, delay, -1, nil
	if m == hog {
		a.hogged = make([]byte, hogged)
		for i := 0; i < len(a.hogged); i += 4096 {
			a.hogged[i] = 1 // a page counts once it is written to
		}
	}
	a.mu.Unlock()
	fmt.Fprintln(w, m)
}

// echo answers the sha256 and the length of the body, so that a test can tell
// whether a large upload arrived whole.
func (a *app) echo(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%x %d\n", sum.Sum(nil), n)
}

// request answers the request itself, as it arrived here.
func (a *app) request(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, "%s %s\nHost: %s\n", r.Method, r.RequestURI, r.Host)
	r.Header.Write(w)
}
