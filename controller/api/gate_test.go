package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestOverTCPTheActorIsTheTokensName(t *testing.T) {
	l, f := newLair(t), &fake{status: Status{Revision: 3}}
	c := l.client(t, l.open(t, f, quiet()), l.token)
	if st, err := c.Status(soon(t), 0, 0); err != nil || st.Revision != 3 {
		t.Fatalf("got %+v, %v", st, err)
	}
	if _, err := c.Command(soon(t), "shop", VerbPromote, Command{Actor: "root@prod"}); err != nil {
		t.Fatal(err)
	}
	if f.command.Actor != "ci" {
		t.Errorf("the actor is %q, want the token's name", f.command.Actor)
	}
}

// Attack 15 of the bar: no or wrong token: 401, compared in constant time.
func TestNoAndWrongTokensGetTheSameAnswer(t *testing.T) {
	l, f := newLair(t), &fake{}
	h := l.handler(t, f)
	file, err := os.ReadFile(l.config.Tokens)
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for _, shown := range []string{
		"", "Bearer", "Bearer ", "Bearer x", "Bearer " + l.token + "x", "Bearer " + l.token[:len(l.token)-1], "Bearer  " + l.token,
		"Basic " + l.token, l.token, "Bearer " + strings.Fields(string(file))[1], "Bearer ci",
	} {
		for _, path := range []string{"/v1/status", "/v1/ping", "/nowhere"} {
			w := ask(h, "GET", path, "", "Host", "bg.test", "Authorization", shown)
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" || w.Header().Get("Connection") != "close" {
				t.Errorf("%q: %d %v", shown, w.Code, w.Header())
			}
			if first == "" {
				first = said(t, w)
			}
			if text := said(t, w); text != first {
				t.Errorf("%q is answered %q, another one %q", shown, text, first)
			}
		}
	}
	if len(f.asked) > 0 {
		t.Errorf("the backend was asked: %q", f.asked)
	}
	if w := ask(h, "GET", "/v1/status", "", "Host", "bg.test", "Authorization", "bearer "+l.token); w.Code != 200 {
		t.Errorf("the token itself: %d %s", w.Code, w.Body)
	}
}

func TestAWrongTokenIsNoMissingController(t *testing.T) {
	l := newLair(t)
	g := l.open(t, &fake{}, quiet())
	err := l.client(t, g, "bg_wrong").Ping(soon(t))
	var answer *Failure
	if !errors.As(err, &answer) || answer.Status != 401 || errors.Is(err, ErrNoController) || strings.Contains(err.Error(), "bg_wrong") {
		t.Errorf("got %v", err)
	}
}

// safeBuffer is a log that many may write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// moody is a Backend that breaks with the request in its error.
type moody struct{ *fake }

func (m moody) Command(_ context.Context, _, _ string, c Command) (Accepted, error) {
	if c.Force {
		panic("out of its mind")
	}
	return Accepted{}, fmt.Errorf("disk on fire, as %+v was asked for", c)
}

// Attack 16 of the bar: token in logs: never.
func TestATokenIsInNoLogAndNoError(t *testing.T) {
	l, log := newLair(t), &safeBuffer{}
	g := l.open(t, moody{&fake{}}, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	const wrong = "bg_d3Jvbmd3cm9uZ3dyb25nd3Jvbmd3cm9uZ3dyb25nd3I"
	var told []string
	for _, token := range []string{l.token, wrong} {
		c := l.client(t, g, token)
		_, err := c.Command(soon(t), "shop", VerbPromote, Command{})
		told = append(told, fmt.Sprint(err))
		_, err = c.Command(soon(t), "shop", VerbPromote, Command{Force: true}) // panics
		told = append(told, fmt.Sprint(err))
		_, err = c.Command(soon(t), token, VerbPromote, Command{}) // and is no app's name
		if token == wrong {                                        // who shows the right one there has shown it to bg alone
			told = append(told, fmt.Sprint(err))
		}
	}
	stranger := NewRemoteClient(g.Addr().String(), l.token, x509.NewCertPool())
	defer stranger.Close()
	told = append(told, fmt.Sprint(stranger.Ping(soon(t)))) // leaves a TLS error in the log
	plain := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(soon(t), "GET", "http://"+g.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.token)
	res, err := plain.Do(r) // of somebody who forgot TLS
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	told = append(told, string(body))

	text := log.String() + strings.Join(told, "\n")
	for _, expected := range []string{"disk on fire", "out of its mind", "TLS handshake error", "valid token is needed", "HTTP request to an HTTPS server"} {
		if !strings.Contains(text, expected) {
			t.Errorf("what was to be provoked is missing: %q", expected)
		}
	}
	for _, secret := range []string{l.token, l.token[3:20], wrong, wrong[3:20]} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is told:\n%s", secret, text)
		}
	}
}

// Attack 19 of the bar: foreign Host header: refused.
func TestOverTCPTheHostsAreThoseOfTheCertificate(t *testing.T) {
	l := newLair(t)
	h := l.handler(t, &fake{})
	for host, want := range map[string]int{
		"bg.test": 200, "BG.test:8443": 200, "127.0.0.1:8443": 200, "localhost:1": 200,
		"evil.example": 403, "bg.test.evil.example": 403, "bg": 403, "": 403, "127.0.0.2": 403, "[::1]:1": 403,
	} {
		if w := ask(h, "GET", "/v1/ping", "", "Host", host, "Authorization", "Bearer "+l.token); w.Code != want {
			t.Errorf("%s: got %d %s, want %d", host, w.Code, w.Body, want)
		}
	}
}

// Attack 18 of the bar: cross-site POST: 403.
func TestOverTCPAWebPageIsRefusedEvenWithAToken(t *testing.T) {
	l, f := newLair(t), &fake{}
	h := l.handler(t, f)
	for _, header := range [][]string{{"Origin", "https://bg.test"}, {"Sec-Fetch-Site", "same-origin"}} {
		w := ask(h, "POST", "/v1/apps/shop/promote", "{}", append(header, "Host", "bg.test", "Authorization", "Bearer "+l.token)...)
		if w.Code != 403 || len(f.asked) > 0 {
			t.Errorf("%v: got %d %s", header, w.Code, w.Body)
		}
	}
}

func TestOverTCPNothingButTLS13IsSpoken(t *testing.T) {
	l := newLair(t)
	g := l.open(t, &fake{}, quiet())
	old := &tls.Config{RootCAs: l.roots, MaxVersion: tls.VersionTLS12}
	if c, err := tls.Dial("tcp", g.Addr().String(), old); err == nil {
		_ = c.Close()
		t.Error("TLS 1.2 is spoken")
	}
}

func TestNothingIsSentToAServerWithAnotherCertificate(t *testing.T) {
	l := newLair(t)
	heard := make(chan string, 1)
	impostor := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard <- r.Header.Get("Authorization")
	}))
	impostor.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	defer impostor.Close()
	c := NewRemoteClient(impostor.Listener.Addr().String(), l.token, l.roots)
	defer c.Close()
	err := c.Ping(soon(t))
	var unverified *tls.CertificateVerificationError
	if !errors.Is(err, ErrNoController) || !errors.As(err, &unverified) {
		t.Errorf("got %v", err)
	}
	select {
	case said := <-heard:
		t.Errorf("it was told %q", said)
	default:
	}
}

func TestAGateWithoutAllItNeedsIsNotOpened(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*GateConfig)
		want  string
	}{
		"no tokens":          {func(c *GateConfig) { c.Tokens = "" }, "token file"},
		"no certificate":     {func(c *GateConfig) { c.Cert = "" }, "TLS certificate"},
		"no key":             {func(c *GateConfig) { c.Key = "" }, "TLS key"},
		"the other's key":    {func(c *GateConfig) { c.Key = c.Cert }, "key"},
		"an empty file":      {func(c *GateConfig) { c.Tokens = os.DevNull }, "not a regular file"},
		"no tokens in it":    {func(c *GateConfig) { c.Tokens = c.Cert }, "line 1 is not NAME SHA256"},
		"a bad address":      {func(c *GateConfig) { c.Address = "127.0.0.1:port" }, "over TCP"},
		"writable by others": {func(c *GateConfig) { _ = os.Chmod(c.Tokens, 0o622) }, "chmod go-w"},
		"a huge one":         {func(c *GateConfig) { _ = os.Truncate(c.Key, maxSecret+1) }, "more than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			config := newLair(t).config
			c.spoil(&config)
			g, err := OpenGate(config)
			if err == nil {
				_ = g.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// Attack 13 of the bar: slow clients x 1,000: API answers others.
func TestOverTCPAThousandSilentClientsDoNotKeepOthersWaiting(t *testing.T) {
	l := newLair(t)
	g := l.open(t, &fake{status: Status{Revision: 5}}, quiet())
	for i := range 1000 {
		c, err := net.Dial("tcp", g.Addr().String())
		if err != nil {
			t.Skipf("connection %d: %v", i, err) // of a small limit of open files
		}
		defer func() { _ = c.Close() }()
	}
	start := time.Now()
	st, err := l.client(t, g, l.token).Status(soon(t), 0, 0)
	if err != nil || st.Revision != 5 {
		t.Fatalf("got %+v, %v", st, err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestWhoComesWhenItIsFullIsHungUpOn(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{Listener: inner, places: make(chan struct{}, 1)}
	accepted := make(chan net.Conn, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := c.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	dial()
	first := <-accepted
	second := dial()
	if err := second.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(second).ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the second one: got %v, want to be hung up on", err)
	}
	for range 2 { // twice is once
		_ = first.Close()
	}
	dial()
	third := <-accepted
	_ = third.Close()
	if err := inner.Close(); err != nil {
		t.Error(err)
	}
	<-done
}
