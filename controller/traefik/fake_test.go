package traefik

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fake is a Traefik as far as Client looks at it: an API and entrypoints
// that answer what a test says. All of them listen on the loopback.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	listed map[string]int // by marker: with which request the API begins to list it
	bodies map[string]any // further answers of the API, by path
	asked  map[string]int // requests by path
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{listed: make(map[string]int), bodies: make(map[string]any), asked: make(map[string]int)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.asked[r.URL.Path]++
		name, marker := strings.CutPrefix(r.URL.Path, "/api/http/middlewares/")
		body, found := f.bodies[r.URL.Path]
		switch {
		case marker && f.listed[name] > 0 && f.asked[r.URL.Path] >= f.listed[name]:
			fmt.Fprint(w, `{"status":"enabled"}`)
		case found:
			if text, ok := body.(string); ok {
				fmt.Fprint(w, text)
				return
			}
			_ = json.NewEncoder(w).Encode(body)
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message":"not found"}`)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

// show makes the API list a generation; showAt, from the nth request on.
func (f *fake) show(generation uint64) { f.showAt(generation, 1) }

func (f *fake) showAt(generation uint64, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listed[markerName(generation)+"@file"] = n
}

func (f *fake) answer(path string, body any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bodies[path] = body
}

func (f *fake) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[path]
}

// client returns a Client of f with these entrypoints.
func (f *fake) client(t *testing.T, entrypoints ...string) *Client {
	t.Helper()
	c, err := New(f.URL, entrypoints)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// door is an entrypoint that answers with the status that code returns.
func door(t *testing.T, secure bool, code func(r *http.Request) int) string {
	t.Helper()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := code(r); c >= 300 && c < 400 {
			http.Redirect(w, r, "https://elsewhere.example/", c)
		} else {
			w.WriteHeader(c)
		}
	})
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func always(code int) func(*http.Request) int { return func(*http.Request) int { return code } }

// closedDoor returns an address where nobody listens.
func closedDoor(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
