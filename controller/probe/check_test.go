package probe

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

// patient is a check of /healthz at a target, altered.
func patient(t Target, alter func(*labels.Health)) rollout.Checkup {
	h := labels.Health{Set: true, Path: "/healthz", Interval: time.Second, Timeout: 10 * time.Second, Status: labels.StatusRange{From: 200, To: 399}, Failures: 3}
	if alter != nil {
		alter(&h)
	}
	return rollout.Checkup{ID: "c1", Address: t.Address, Port: t.Port, Scheme: t.Scheme, Health: h}
}

func bare(h *labels.Health) { h.Path = "" }

func hasty(h *labels.Health) { h.Timeout = 50 * time.Millisecond }

// finds fails the test unless asking has this result; "" stands for no fault.
func finds(t *testing.T, c rollout.Checkup, heard bool, fault string) {
	t.Helper()
	got, err := ask(t.Context(), c)
	if got != heard || err == nil && fault != "" || err != nil && err.Error() != fault {
		t.Errorf("heard %v, %v\nwant  %v, %s", got, err, heard, fault)
	}
}

func TestAHealthCheckPassesWithTheRightStatusInTime(t *testing.T) {
	for _, scheme := range []string{"http", "https", "h2c"} {
		t.Run(scheme, func(t *testing.T) {
			var got string
			to := app(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				got = r.Method + " " + r.RequestURI + " by " + r.UserAgent()
			})
			finds(t, patient(to, func(h *labels.Health) { h.Path = "/up?deep=1" }), true, "")
			if got != "GET /up?deep=1 by bg-health" {
				t.Errorf("the app was asked %s", got)
			}
		})
	}
}

func TestAHealthCheckSaysWhatIsWrongWithAnAnswer(t *testing.T) {
	const closed = "GET /healthz: the connection was closed before the whole answer"
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"a wrong status": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "hunter2", 500) }, "GET /healthz: status 500, want 200-399"},
		"a broken body": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "hunter2")
		}, closed},
		"no answer": {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, closed},
	} {
		t.Run(name, func(t *testing.T) { finds(t, patient(app(t, "http", tt.handler), nil), true, tt.want) })
	}
	finds(t, patient(raw(t, "hunter2\r\n\r\n"), nil), true, "GET /healthz: the answer is not understood: is its scheme http?")
	secret := app(t, "http", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
	finds(t, patient(secret, func(h *labels.Health) { h.Path = "/up?token=hunter2" }), true, "GET /up: status 503, want 200-399")
}

// Fault 11: a paused or hung app still has a kernel that accepts for it.
func TestAnAppThatHangsIsNotHeard(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	to := at(t, silent.Addr().String(), "http")
	finds(t, patient(to, hasty), false, "GET /healthz: no answer within 50ms")
	finds(t, patient(to, bare), true, "") // which is why a path is better

	hang := func(r *http.Request) { <-r.Context().Done() }
	finds(t, patient(app(t, "http", func(w http.ResponseWriter, r *http.Request) { hang(r) }), hasty), false, "GET /healthz: no answer within 50ms")
	finds(t, patient(app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "o")
		_ = http.NewResponseController(w).Flush()
		hang(r)
	}), hasty), false, "GET /healthz: no answer within 50ms")
}

func TestTheLatencyCutsACheckOffBeforeItsTimeout(t *testing.T) {
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	slow := patient(to, func(h *labels.Health) { h.Latency = 20 * time.Millisecond })
	finds(t, slow, false, "GET /healthz: no answer within 20ms")
}

func TestAClosedPortIsHeard(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	to := at(t, l.Addr().String(), "http")
	finds(t, patient(to, nil), true, "GET /healthz: connection refused")
	finds(t, patient(to, bare), true, fmt.Sprintf("connect to port %d: connection refused", to.Port))
}

// Where bg itself can't get out, the container is not to blame.
func TestAConnectionThatBgCannotMakeIsSilence(t *testing.T) {
	nowhere := Target{Address: "fe80::1", Port: 80, Scheme: "http"} // of no interface
	finds(t, patient(nowhere, nil), false, "GET /healthz: invalid argument")
	finds(t, patient(nowhere, bare), false, "connect to port 80: invalid argument")
}

func TestWithoutAPathAConnectionThatIsClosedProperlyWillDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ended := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, err = c.Read(make([]byte, 1))
			c.Close()
		}
		ended <- err
	}()
	finds(t, patient(at(t, l.Addr().String(), "http"), bare), true, "")
	if err := <-ended; err == nil || err.Error() != "EOF" {
		t.Errorf("the app saw %v, want an end", err)
	}
}

// Attack 9 of the bar: probe aimed at anything but the container's own address: impossible.
// 192.0.2.0/24 is nobody's, and 127.0.0.1 is not asked by a name.
func TestNothingButTheContainersOwnAddressIsAsked(t *testing.T) {
	elsewhere := app(t, "http", func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s came to another host", r.URL) })
	other := fmt.Sprintf("%s:%d", elsewhere.Address, elsewhere.Port)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://"+other)
	}
	asked := 0
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { asked++ })
	paths := []string{"//" + other + "/", "/\\" + other, "/@" + other + "/", "/..//" + other, "/?http://" + other}
	for _, path := range paths {
		finds(t, patient(to, func(h *labels.Health) { h.Path = path }), true, "")
	}
	if asked != len(paths) {
		t.Errorf("the container was asked %d times, want %d", asked, len(paths))
	}
	for _, path := range []string{"x", "http://" + other + "/", "@" + other, "/a b\r\nX: y"} {
		if _, err := ask(t.Context(), patient(to, func(h *labels.Health) { h.Path = path })); err == nil {
			t.Errorf("the path %q is asked for", path)
		}
	}
	for _, address := range []string{"localhost", "", other, "127.0.0.1/x", "[::1]"} {
		for _, alter := range []func(*labels.Health){nil, bare} {
			finds(t, patient(Target{Address: address, Port: elsewhere.Port, Scheme: "http"}, alter), false, "its address is no IP")
		}
	}
}

// Attack 10 of the bar: probe redirect: never followed.
func TestARedirectOfAHealthCheckIsAnAnswerAndNotFollowed(t *testing.T) {
	elsewhere := app(t, "http", func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s came to another host", r.URL) })
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, fmt.Sprintf("http://%s:%d/", elsewhere.Address, elsewhere.Port), http.StatusFound)
	})
	finds(t, patient(to, nil), true, "")
	finds(t, patient(to, func(h *labels.Health) { h.Status.To = 299 }), true, "GET /healthz: status 302, want 200-299")
}

func TestALongAnswerIsNotReadToItsEnd(t *testing.T) {
	sent := make(chan int, 1)
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		chunk, n := []byte(strings.Repeat("x", 1<<16)), 0
		for r.Context().Err() == nil && n < 1<<30 {
			m, err := w.Write(chunk)
			if n += m; err != nil {
				break
			}
		}
		sent <- n
	})
	finds(t, patient(to, nil), true, "")
	if n := <-sent; n >= 1<<30 {
		t.Error("the app could send 1 GiB")
	}
}

// An app that accepts nobody new any more looks healthy over a connection
// that is kept.
func TestEachHealthCheckHasAConnectionOfItsOwnAndLeavesNoneBehind(t *testing.T) {
	opened, closed := make(chan net.Conn, 10), make(chan net.Conn, 10)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }))
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened <- c
		case http.StateClosed:
			closed <- c
		}
	}
	start(s, "http")
	t.Cleanup(s.Close)
	for range 2 {
		finds(t, patient(at(t, s.Listener.Addr().String(), "http"), nil), true, "")
		if <-opened != <-closed {
			t.Error("another connection was closed")
		}
	}
}

func TestTheReasonOfAFailedConnectionHasNoAddress(t *testing.T) {
	_, err := net.Dial("unix", "/nowhere/at/all")
	if got := short(err); got.Error() != "no such file or directory" {
		t.Errorf("short for %v is %v", err, got)
	}
	if got := short(os.ErrDeadlineExceeded); got != os.ErrDeadlineExceeded {
		t.Errorf("without a number it is %v", got)
	}
}
