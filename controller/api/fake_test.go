package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// net/http keeps a connection that it refused open for 500 ms, so that the
// client gets to read why, and then ends by itself; goleak waits less long.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// fake is a Backend whose answers are set, and which waits like the real one.
type fake struct {
	mu      sync.Mutex
	status  Status
	outcome Outcome
	err     error
	block   bool // Status, Wait and Command last until ctx ends
	asked   []string
	command Command
}

func (f *fake) note(what string) (fake, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return fake{status: f.status, outcome: f.outcome, block: f.block}, f.err
}

func (f *fake) Status(ctx context.Context, after uint64) (Status, error) {
	now, err := f.note("status")
	if now.block && after > 0 {
		<-ctx.Done()
	}
	return now.status, err
}

func (f *fake) Record(_ context.Context, app, service string) (Record, error) {
	_, err := f.note("record " + app + " " + service)
	return Record{Services: []string{""}, Text: "{}\n"}, err
}

func (f *fake) Command(ctx context.Context, app, verb string, c Command) (Accepted, error) {
	now, err := f.note(verb + " " + app)
	f.mu.Lock()
	f.command = c
	f.mu.Unlock()
	if now.block {
		<-ctx.Done()
		return Accepted{}, ctx.Err()
	}
	return Accepted{App: app, Generation: 7, Message: "green gets all of " + app}, err
}

func (f *fake) Wait(ctx context.Context, app string, generation uint64) (Outcome, error) {
	now, err := f.note("wait " + app)
	if now.block {
		<-ctx.Done()
		return Outcome{}, ctx.Err()
	}
	return now.outcome, err
}

func (f *fake) History(ctx context.Context, app string, limit int) ([]Event, error) {
	_, err := f.note("history " + app)
	if err != nil {
		return nil, err
	}
	return []Event{{App: app, Generation: uint64(limit)}}, nil
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// serve serves b on a socket until the test ends, and returns its path.
func serve(t *testing.T, b Backend) string {
	t.Helper()
	path := filepath.Join(socketDir(t), "bg.sock")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(NewHandler(b, quiet()), quiet())
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
	return path
}

// socketDir is a folder with a short path, since those of sockets are limited.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func dialer(path string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
}

func client(t *testing.T, path string) *Client {
	t.Helper()
	c := NewClient(dialer(path))
	t.Cleanup(c.Close)
	return c
}

// soon is a context for what must not take long.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
