package probe

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bg/labels"
)

// raw answers the first request on each connection with text and closes it.
func raw(t *testing.T, text string) Target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(c)
			for line := ""; line != "\r\n"; {
				if line, err = r.ReadString('\n'); err != nil {
					break
				}
			}
			fmt.Fprint(c, text)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return at(t, l.Addr().String(), "http")
}

func TestWhatTheServerSendsIsNoPartOfAnError(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, tt := range map[string]struct{ answer, want string }{
		"no answer":        {"", "the connection was closed before the whole answer"},
		"half a body":      {ok + "Content-Length: 100\r\n\r\nhunter2", "the connection was closed before the whole answer"},
		"half the headers": {ok + "X: hunter2\r\n", "the connection was closed before the whole answer"},
		"no HTTP":          {"hunter2\r\n\r\n", "the answer is not understood: is its scheme http?"},
		"a bad header":     {ok + "hunter2\r\n\r\n", "the answer is not understood: is its scheme http?"},
		"a bad chunk":      {ok + "Transfer-Encoding: chunked\r\n\r\nhunter2\r\n", "the answer is not understood: is its scheme http?"},
		"an odd encoding":  {ok + "Transfer-Encoding: hunter2\r\n\r\n", "the answer is not understood: is its scheme http?"},
		"endless headers":  {ok + strings.Repeat("X: hunter2\r\n", 1<<17), "the answer is not understood: is its scheme http?"},
	} {
		t.Run(name, func(t *testing.T) {
			says(t, Smoke(t.Context(), raw(t, tt.answer), home(nil)), "smoke test home: GET /: "+tt.want)
		})
	}
}

func TestAnAnswerAfterProtocolsWereSwitchedIsNotWaitedFor(t *testing.T) {
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			return
		}
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		fmt.Fprint(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		_, _ = c.Read(make([]byte, 1)) // until the other side closes it
	})
	err := Smoke(t.Context(), to, home(func(s *labels.Smoke) {
		s.Status = labels.StatusRange{From: 101, To: 101}
		s.Headers = []labels.Header{{Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "websocket"}}
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestAWrongSchemeIsSaid(t *testing.T) {
	hello := func(w http.ResponseWriter, r *http.Request) {}
	for _, tt := range []struct{ speaks, asked, want string }{
		{"http", "https", "the answer is not TLS: is its scheme https?"},
		{"http", "h2c", "the answer is not understood: is its scheme h2c?"},
		{"https", "http", "status 400, want 200"},
		{"h2c", "http", "the connection was closed before the whole answer"},
	} {
		to := app(t, tt.speaks, hello)
		to.Scheme = tt.asked
		says(t, Smoke(t.Context(), to, home(nil)), "smoke test home: GET /: "+tt.want)
	}
}

func TestAClosedPortIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	to := at(t, l.Addr().String(), "http")
	says(t, Smoke(t.Context(), to, home(nil)), fmt.Sprintf("smoke test home: GET /: dial tcp 127.0.0.1:%d: connect: connection refused", to.Port))
}

func TestATargetThatIsNoneIsAnError(t *testing.T) {
	for want, to := range map[string]Target{
		"the target has no address":                                {Port: 80, Scheme: "http"},
		"the target's port 0 is none":                              {Address: "127.0.0.1", Scheme: "http"},
		"the target's port 65536 is none":                          {Address: "127.0.0.1", Port: 65536, Scheme: "http"},
		`the target's scheme "ftp" is none of http, https and h2c`: {Address: "127.0.0.1", Port: 80, Scheme: "ftp"},
		"the Host is no host's name":                               {Address: "127.0.0.1", Port: 80, Scheme: "http", Host: "a\r\nb"},
	} {
		says(t, Smoke(t.Context(), to, home(nil)), "smoke test home: "+want)
	}
}

func TestNoConnectionIsLeftBehind(t *testing.T) {
	for _, scheme := range []string{"http", "https", "h2c"} {
		t.Run(scheme, func(t *testing.T) {
			closed := make(chan struct{}, 1)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") }))
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateClosed {
					closed <- struct{}{}
				}
			}
			start(s, scheme)
			t.Cleanup(s.Close)
			if err := Smoke(t.Context(), at(t, s.Listener.Addr().String(), scheme), home(nil)); err != nil {
				t.Error(err)
			}
			<-closed // before the server is told to end
		})
	}
}
