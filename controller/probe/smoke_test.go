package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bg/labels"
)

func TestMain(m *testing.M) {
	if os.Getenv(serving) == "" {
		goleak.VerifyTestMain(m)
	} else if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// app serves h until the test ends and returns where.
func app(t *testing.T, scheme string, h http.HandlerFunc) Target {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	start(s, scheme)
	t.Cleanup(s.Close)
	return at(t, s.Listener.Addr().String(), scheme)
}

func start(s *httptest.Server, scheme string) {
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	switch scheme {
	case "https":
		s.EnableHTTP2 = true
		s.StartTLS()
	case "h2c":
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
	default:
		s.Start()
	}
}

func at(t *testing.T, address, scheme string) Target {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(port)
	return Target{Address: host, Port: n, Scheme: scheme}
}

// home is a test that passes with any 200, altered.
func home(alter func(*labels.Smoke)) labels.Smoke {
	s := labels.Smoke{Name: "home", Path: "/", Method: "GET", Status: labels.StatusRange{From: 200, To: 200}}
	if alter != nil {
		alter(&s)
	}
	return s
}

// says fails the test unless err has just this text.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAnAnswerAsDemandedPasses(t *testing.T) {
	for scheme, proto := range map[string]string{"http": "HTTP/1.1", "https": "HTTP/2.0", "h2c": "HTTP/2.0"} {
		t.Run(scheme, func(t *testing.T) {
			to := app(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, "%s %s %s by %s", r.Method, r.URL, r.Header.Get("X-Test"), r.Proto)
			})
			err := Smoke(t.Context(), to, home(func(s *labels.Smoke) {
				s.Path, s.Method, s.Latency = "/a%2Fb?c=d", "PUT", time.Minute
				s.Headers = []labels.Header{{Name: "x-test", Value: "yes, \t it's"}}
				s.Body = "PUT /a%2Fb?c=d yes, \t it's by " + proto
			}))
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheStatusHasToBeInTheRange(t *testing.T) {
	for _, tt := range []struct {
		status, from, to int
		want             string
	}{
		{200, 200, 399, ""},
		{399, 200, 399, ""},
		{204, 204, 204, ""},
		{404, 404, 404, ""},
		{500, 200, 399, "status 500, want 200-399"},
		{400, 200, 399, "status 400, want 200-399"},
		{200, 204, 204, "status 200, want 204"},
		{302, 200, 299, "status 302, want 200-299"},
	} {
		to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(tt.status) })
		err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Status = labels.StatusRange{From: tt.from, To: tt.to} }))
		switch {
		case tt.want != "":
			says(t, err, "smoke test home: GET /: "+tt.want)
		case err != nil:
			t.Error(err)
		}
	}
}

func TestTheBodyHasToHoldTheText(t *testing.T) {
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the password is hunter2") })
	if err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "is hunter" })); err != nil {
		t.Error(err)
	}
	err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "hunter3" }))
	says(t, err, "smoke test home: GET /: the body lacks the wanted text")
}

func TestOnlyTheFirstMiBOfABodyIsRead(t *testing.T) {
	sent := make(chan int, 4)
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
	if err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "xxx" })); err != nil {
		t.Error(err)
	}
	err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "needle" }))
	says(t, err, "smoke test home: GET /: the body lacks the wanted text")
	for range 2 {
		if n := <-sent; n >= 1<<30 {
			t.Error("the app could send 1 GiB")
		}
	}
}

func TestTheTextMayEndWithTheFirstMiB(t *testing.T) {
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, strings.Repeat("x", maxAnswer-6)+"needle"+"beyond")
	})
	if err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "xneedle" })); err != nil {
		t.Error(err)
	}
	err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Body = "needleb" }))
	says(t, err, "smoke test home: GET /: the body lacks the wanted text")
}

func TestWhatHangsIsGivenUp(t *testing.T) {
	hang := func(r *http.Request) { <-r.Context().Done() }
	for name, h := range map[string]http.HandlerFunc{
		"before the headers": func(w http.ResponseWriter, r *http.Request) { hang(r) },
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "wanted")
			_ = http.NewResponseController(w).Flush()
			hang(r)
		},
	} {
		for _, scheme := range []string{"http", "https", "h2c"} {
			t.Run(name+" by "+scheme, func(t *testing.T) {
				err := Smoke(t.Context(), app(t, scheme, h), home(func(s *labels.Smoke) { s.Body, s.Latency = "wanted", 50*time.Millisecond }))
				says(t, err, "smoke test home: GET /: no whole answer within 50ms")
			})
		}
	}
}

func TestATestWithoutALatencyEndsToo(t *testing.T) {
	if l := limitOf(home(nil)); l != 10*time.Second {
		t.Errorf("the limit is %s", l)
	}
	if l := limitOf(home(func(s *labels.Smoke) { s.Latency = time.Minute })); l != time.Minute {
		t.Errorf("with a latency of one minute the limit is %s", l)
	}
}

func TestTheEndOfTheContextIsNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if err := Smoke(ctx, to, home(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	late, stop := context.WithDeadline(t.Context(), time.Now())
	defer stop()
	if err := Smoke(late, to, home(nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
}

// Attack 10 of the bar: probe redirect: never followed.
func TestARedirectIsAnAnswerAndNotFollowed(t *testing.T) {
	elsewhere := app(t, "http", func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s came to another host", r.URL) })
	for name, location := range map[string]string{
		"to another host": fmt.Sprintf("http://%s:%d/", elsewhere.Address, elsewhere.Port),
		"to nonsense":     "http://[hunter2/%zz",
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
				asked++
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusFound)
			})
			if err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Status = labels.StatusRange{From: 200, To: 399} })); err != nil {
				t.Error(err)
			}
			says(t, Smoke(t.Context(), to, home(nil)), "smoke test home: GET /: status 302, want 200")
			if asked != 2 {
				t.Errorf("%d requests by two tests", asked)
			}
		})
	}
}
