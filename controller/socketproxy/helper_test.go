package socketproxy

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bg/controller/docker/dockertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bed is a Docker with the proxy before it.
type bed struct {
	engine *dockertest.Engine
	socket string // of the proxy

	mu    sync.Mutex
	asked []string // of Docker: "POST /v1.41/containers/…/start"
}

// newBed serves until the test ends. answer, if it is not nil, may answer in
// the engine's place; it returns false where it did not.
func newBed(t testing.TB, e *dockertest.Engine, answer func(http.ResponseWriter, *http.Request) bool) *bed {
	t.Helper()
	folder := socketDir(t)
	b := &bed{engine: e, socket: filepath.Join(folder, "proxy.sock")}
	behind, err := net.Listen("unix", filepath.Join(folder, "docker.sock"))
	must(t, err)
	serve(t, &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.note(r)
		if answer == nil || !answer(w, r) {
			e.ServeHTTP(w, r)
		}
	})}, behind)
	front, err := Listen(b.socket)
	must(t, err)
	proxy := New(Options{Docker: filepath.Join(folder, "docker.sock"), Network: "bg"})
	t.Cleanup(proxy.Close)
	serve(t, NewServer(proxy, slog.New(slog.DiscardHandler)), front)
	return b
}

func serve(t testing.TB, s *http.Server, l net.Listener) {
	var done sync.WaitGroup
	done.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() {
		_ = s.Close()
		done.Wait()
	})
}

func (b *bed) note(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
}

// log returns what Docker was asked since the last call.
func (b *bed) log() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.asked
	b.asked = nil
	return asked
}

// send writes text to the proxy as it is, and returns the answers to it until
// the proxy closes the connection or a second has passed without one.
func (b *bed) send(t testing.TB, text string) []*http.Response {
	t.Helper()
	c, err := net.Dial("unix", b.socket)
	must(t, err)
	defer c.Close()
	_, _ = io.WriteString(c, text) // the proxy may close before it has read all
	in, asked := bufio.NewReader(c), &http.Request{Method: http.MethodGet}
	if strings.HasPrefix(text, "HEAD ") {
		asked.Method = http.MethodHead // whose answer has no body
	}
	var all []*http.Response
	for {
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		res, err := http.ReadResponse(in, asked)
		if err != nil {
			return all
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return all
		}
		res.Body = io.NopCloser(strings.NewReader(string(body)))
		all = append(all, res)
		if res.Close {
			return all
		}
	}
}

// call sends one request without a body.
func (b *bed) call(t testing.TB, method, target string) (status int, body string) {
	t.Helper()
	all := b.send(t, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", method, target))
	if len(all) != 1 {
		t.Fatalf("%s %s: %d answers", method, target, len(all))
	}
	text, _ := io.ReadAll(all[0].Body)
	return all[0].StatusCode, string(text)
}

// refused fails unless every answer is a refusal in Docker's form, the
// connection is closed, and Docker was asked nothing.
func (b *bed) refused(t testing.TB, what string, all []*http.Response) {
	t.Helper()
	if len(all) != 1 {
		t.Errorf("%s: %d answers", what, len(all))
		return
	}
	var said struct{ Message string }
	body, _ := io.ReadAll(all[0].Body)
	told := json.Unmarshal(body, &said) == nil && said.Message != "" || strings.HasPrefix(what, "HEAD ")
	if all[0].StatusCode != http.StatusForbidden || !told || !all[0].Close {
		t.Errorf("%s: %s, close %v: %s", what, all[0].Status, all[0].Close, body)
	}
	if asked := b.log(); len(asked) > 0 {
		t.Errorf("%s: Docker was asked %q", what, asked)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// socketDir is a folder with a short path, since those of sockets are limited.
func socketDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bg")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// The containers of the fake: one of bg's, one of somebody else's, one that
// says no, and one that the controller of another network has.
var (
	ours    = dockertest.ID(1)
	theirs  = dockertest.ID(2)
	off     = dockertest.ID(3)
	foreign = dockertest.ID(4)
)

// house returns an engine with those containers, all exited.
func house() *dockertest.Engine {
	e := dockertest.New("bg")
	for id, labels := range map[string]map[string]string{
		ours:    {"bg.enable": "true", "bg.app": "shop", "bg.color": "blue", "bg.port": "8080"},
		theirs:  {"bg.app": "shop", "bg.color": "blue"},
		off:     {"bg.enable": "false"},
		foreign: {"bg.enable": "true", "bg.network": "other"},
	} {
		e.Put(dockertest.Container{
			ID: id, Name: "c-" + id[60:], Labels: labels, State: "exited", ExitCode: 3, Ports: []int{8080},
			Health: "unhealthy", Failing: 2, StopSignal: "SIGQUIT", Networks: map[string]string{"bg": "10.0.0.7"},
		})
	}
	return e
}

// stateOf returns what the engine says of a container: "running", "exited", …
func stateOf(e *dockertest.Engine, id string) (s string) {
	e.Change(id, func(c *dockertest.Container) { s = c.State })
	return s
}

// soon returns a context for one wait.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}
