package faults

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// meddler stands between a controller and this machine's Docker and passes all on,
// except that it drops, doubles and reorders events, or keeps their streams away.
type meddler struct {
	Host   string // as DOCKER_HOST
	server *http.Server
	done   chan error

	mu      sync.Mutex
	random  *rand.Rand
	blocked bool
	streams map[*context.CancelFunc]bool
	told    int // events that Docker told
	passed  int // events that the controller got, doubled ones twice
}

// meddle begins to serve on a socket in the folder; the same seed meddles alike.
func meddle(folder string, seed uint64) (*meddler, error) {
	socket, err := dockerSocket()
	if err != nil {
		return nil, err
	}
	m := &meddler{
		Host: "unix://" + filepath.Join(folder, "meddler.sock"), done: make(chan error, 1),
		random: rand.New(rand.NewPCG(seed, 0)), streams: map[*context.CancelFunc]bool{},
	}
	l, err := net.Listen("unix", filepath.Join(folder, "meddler.sock"))
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "docker"}) },
		Transport:      &http.Transport{DialContext: dialTo(socket)},
		FlushInterval:  -1,
		ModifyResponse: m.meddle,
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	m.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isEvents(r) {
			proxy.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		m.mu.Lock()
		blocked := m.blocked
		m.streams[&cancel] = true
		m.mu.Unlock()
		if blocked {
			w.WriteHeader(http.StatusServiceUnavailable)
		} else {
			proxy.ServeHTTP(w, r.WithContext(ctx))
		}
		m.mu.Lock()
		delete(m.streams, &cancel)
		m.mu.Unlock()
	})}
	go func() { m.done <- m.server.Serve(l) }()
	return m, nil
}

// dockerSocket returns the path of this machine's Docker socket.
func dockerSocket() (string, error) {
	host := os.Getenv("DOCKER_HOST")
	if host == "" {
		return "/var/run/docker.sock", nil
	}
	path, ok := strings.CutPrefix(host, "unix://")
	if !ok {
		return "", fmt.Errorf("DOCKER_HOST is %q: this needs a Docker on a socket of this machine", host)
	}
	return path, nil
}

func dialTo(socket string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
}

func isEvents(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/events") }

// block cuts all streams of events and refuses new ones, until it is lifted.
func (m *meddler) block(is bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blocked = is
	for cancel := range m.streams {
		if is {
			(*cancel)()
		}
	}
}

// meddle puts the mangled stream in the place of Docker's.
func (m *meddler) meddle(r *http.Response) error {
	if !isEvents(r.Request) || r.StatusCode != http.StatusOK {
		return nil
	}
	from := r.Body
	read, write := io.Pipe()
	r.Body = both{read, from}
	go func() {
		var held []byte // to be told after the next one
		for lines := bufio.NewReader(from); ; {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				write.CloseWithError(err)
				return
			}
			var out []byte
			out, held = m.mangle(line, held)
			if _, err := write.Write(out); err != nil {
				return
			}
		}
	}()
	return nil
}

// mangle returns what to tell when an event comes, and what to hold back.
func (m *meddler) mangle(line, held []byte) (out, keep []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told++
	switch m.random.IntN(4) {
	case 0: // dropped
		out = held
	case 1: // doubled
		m.passed += 2
		out = append(append(append(out, line...), line...), held...)
	case 2: // held back
		m.passed++
		return held, line
	case 3:
		m.passed++
		out = append(append(out, line...), held...)
	}
	return out, nil
}

// both reads from one and closes both.
type both struct {
	*io.PipeReader
	other io.Closer
}

func (b both) Close() error { return errors.Join(b.PipeReader.Close(), b.other.Close()) }

// Close ends all that goes through.
func (m *meddler) Close() error {
	err := m.server.Close()
	if served := <-m.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
