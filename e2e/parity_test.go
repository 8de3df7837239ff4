package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// proxy is a Traefik that can be asked.
type proxy struct {
	name        string
	http, https int
}

// comparison is two Traefiks with the same containers behind them: one reads
// the labels by its own Docker provider, the other what bg makes of them.
type comparison struct {
	t         *testing.T
	own, ours proxy
}

// probe is one request to both.
type probe struct {
	method string // default GET
	host   string
	path   string // default /
	header []string
	body   string
	tls    bool
	times  int // asked in a row; default once
	// want is in the answers in order, so that a comparison of two errors is not
	// taken for success: a status, or text of the headers or the body.
	want []string
}

// ownTraefik starts a Traefik with only its Docker provider on the stack's
// network, which sees the containers labeled e2e.parity=mark and no others.
func ownTraefik(t *testing.T, s *stack.Stack, mark string) proxy {
	t.Helper()
	p := proxy{name: "Traefik's Docker provider"}
	for _, port := range []*int{&p.http, &p.https} {
		var err error
		if *port, err = testbed.FreePort(); err != nil {
			t.Fatal(err)
		}
	}
	name := "bg-e2e-parity-" + stack.Random()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s:\n%s", p.name, s.Logs(context.Background(), name, 15))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := s.Docker(ctx, "rm", "-f", "-v", name); err != nil {
			t.Error(err)
		}
	})
	_, err := s.Docker(within(t, patience), "run", "-d", "--name", name, "--network", s.Network,
		"-p", fmt.Sprintf("127.0.0.1:%d:80", p.http), "-p", fmt.Sprintf("127.0.0.1:%d:443", p.https),
		"-v", "/var/run/docker.sock:/var/run/docker.sock", testbed.TraefikImage,
		"--global.checkNewVersion=false", "--global.sendAnonymousUsage=false",
		"--entryPoints.web.address=:80", "--entryPoints.websecure.address=:443",
		"--providers.docker=true", "--providers.docker.network="+s.Network,
		"--providers.docker.constraints=Label(`e2e.parity`,`"+mark+"`)",
		"--providers.providersThrottleDuration=0s")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask sends the probe and returns all that a client can tell of the answers.
func (p proxy) ask(x probe) (string, error) {
	var b strings.Builder
	for range max(1, x.times) {
		text, err := p.once(x)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (p proxy) once(x probe) (string, error) {
	scheme, port := "http", p.http
	if x.tls {
		scheme, port = "https", p.https
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	path := x.path
	if path == "" {
		path = "/"
	}
	req, err := http.NewRequestWithContext(root, x.method, scheme+"://"+x.host+path, strings.NewReader(x.body))
	if err != nil {
		return "", err
	}
	for _, h := range x.header {
		key, value, _ := strings.Cut(h, ": ")
		req.Header.Set(key, value)
	}
	transport := &http.Transport{
		DisableKeepAlives: true, DisableCompression: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
	}
	res, err := (&http.Client{
		Transport: transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}).Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	return describe(res, body), nil
}

// What differs between two Traefiks by nature: the moment, the name of the
// container that they run in, and the value of a sticky cookie, which is a hash
// of the service's name.
var masked = regexp.MustCompile(`(?m)^(Date|X-Forwarded-Server|X-Retry-In|Retry-After): .*$|((?:lb|_[0-9a-f]{5})=)[0-9a-f]+`)

func describe(res *http.Response, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", res.StatusCode)
	compressed := res.Header.Get("Content-Encoding") != ""
	for _, key := range slices.Sorted(maps.Keys(res.Header)) {
		if compressed && key == "Content-Length" {
			continue // the body holds a name that differs, and is compressed
		}
		for _, value := range res.Header[key] {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	if compressed {
		fmt.Fprintf(&b, "(a body)\n")
	} else {
		b.Write(bytes.ReplaceAll(body, []byte("\r"), nil))
		b.WriteString("\n")
	}
	return masked.ReplaceAllString(b.String(), "$1$2...")
}

// same asks both and fails the test if the answers differ, or are not as wanted.
func (c comparison) same(t *testing.T, x probe) {
	t.Helper()
	own, ownErr := c.own.ask(x)
	ours, oursErr := c.ours.ask(x)
	if ownErr != nil || oursErr != nil {
		t.Errorf("%+v: Traefik's own provider %v, bg %v", x, ownErr, oursErr)
		return
	}
	if own != ours {
		t.Errorf("%+v\nTraefik's own provider:\n%s\nbg:\n%s", x, own, ours)
		return
	}
	rest := own
	for _, want := range x.want {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Errorf("%+v\nthe answers lack %q:\n%s", x, want, own)
			return
		}
		rest = after
	}
}

// agree waits until both give the wanted answer: health checks take their time.
func (c comparison) agree(t *testing.T, x probe, want string) {
	t.Helper()
	limit := within(t, patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		own, ownErr := c.own.ask(x)
		ours, oursErr := c.ours.ask(x)
		if ownErr == nil && oursErr == nil && strings.HasPrefix(own, want) && strings.HasPrefix(ours, want) {
			return
		}
		select {
		case <-limit.Done():
			t.Fatalf("%+v\nTraefik's own provider:\n%s%v\nbg:\n%s%v", x, own, ownErr, ours, oursErr)
		case <-tick.C:
		}
	}
}
