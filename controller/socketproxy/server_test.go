package socketproxy

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/docker/dockertest"
)

func TestTheSocketIsForTheUserAndTheGroup(t *testing.T) {
	folder := socketDir(t)
	l, err := Listen(filepath.Join(folder, "s"))
	must(t, err)
	info, err := os.Stat(filepath.Join(folder, "s"))
	must(t, err)
	if info.Mode().Perm() != 0o660 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	must(t, l.Close())
	must(t, os.Chmod(folder, 0o777))
	if l, err := Listen(filepath.Join(folder, "s")); err == nil || !strings.Contains(err.Error(), "chmod go-w") {
		t.Errorf("a folder that others can write to: %v, %v", l, err)
	}
}

func TestConnectionsBeyondTheLimitWaitForASlot(t *testing.T) {
	b := newBed(t, house(), nil)
	open := make([]net.Conn, maxConns)
	ping := func(c net.Conn) error {
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(c, "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"); err != nil {
			return err
		}
		_, err := io.ReadFull(c, make([]byte, 12))
		return err
	}
	for i := range open {
		var err error
		open[i], err = net.Dial("unix", b.socket)
		must(t, err)
		defer open[i].Close()
		must(t, ping(open[i]))
	}
	late, err := net.Dial("unix", b.socket)
	must(t, err)
	defer late.Close()
	answered := make(chan error, 1)
	go func() { answered <- ping(late) }()
	select {
	case err := <-answered:
		t.Fatalf("one too many is answered: %v", err)
	case <-time.After(100 * time.Millisecond): // long enough for an answer, were there one
	}
	must(t, open[0].Close())
	if err := <-answered; err != nil {
		t.Errorf("with a free slot: %v", err)
	}
}

func TestAClientThatSaysNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		s := NewServer(http.NotFoundHandler(), New(Options{}).log)
		defer s.Close()
		l := &single{make(chan net.Conn, 1), make(chan struct{})}
		l.conns <- theirs
		go func() { _ = s.Serve(l) }()
		_, err := io.WriteString(ours, "GET /_ping HT")
		must(t, err)
		began := time.Now()
		_, _ = io.Copy(io.Discard, ours)
		if took := time.Since(began); took != s.ReadHeaderTimeout {
			t.Errorf("left after %s", took)
		}
	})
}

// single is a listener with one connection, and no end but Close.
type single struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (s *single) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}
func (s *single) Close() error   { close(s.closed); return nil }
func (s *single) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

// Docker hangs for as long as it likes; the limits are the proxy's own.
func TestADockerThatHangsIsGivenUp(t *testing.T) {
	for call, kind := range map[dockertest.Call]Kind{
		dockertest.Ping: Ping, dockertest.List: List, dockertest.Inspect: Inspect, dockertest.Start: Start, dockertest.Stop: Stop,
		dockertest.Events: Events,
	} {
		synctest.Test(t, func(t *testing.T) {
			e := house()
			e.Break(call, dockertest.Hang)
			p := New(Options{Network: "bg"})
			p.engine.transport.DialContext = e.Dialer(t)
			defer p.Close()
			method, target := "GET", map[Kind]string{
				Ping: "/_ping", List: "/containers/json?" + listing, Inspect: "/containers/" + ours + "/json",
				Start: "/containers/" + ours + "/start", Stop: "/containers/" + ours + "/stop", Events: "/events?" + watching,
			}[kind]
			if kind == Start || kind == Stop {
				method = "POST"
			}
			w := httptest.NewRecorder()
			began := time.Now()
			p.ServeHTTP(w, httptest.NewRequest(method, target, nil))
			if took, want := time.Since(began), (Call{Kind: kind}).limit(); w.Code != http.StatusGatewayTimeout || took != want {
				t.Errorf("%s: %d after %s, want %s", kind, w.Code, took, want)
			}
		})
	}
}

func TestTheLogIsNotFlooded(t *testing.T) {
	var r refusals
	at := time.Now()
	if _, due := r.note(at); !due {
		t.Error("the first one is not logged")
	}
	for range 10 {
		if _, due := r.note(at.Add(time.Second - 1)); due {
			t.Error("a second one within the second is logged")
		}
	}
	if n, due := r.note(at.Add(time.Second)); !due || n != 10 {
		t.Errorf("after a second: %d %v", n, due)
	}
}
