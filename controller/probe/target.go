package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
)

// Target is where a test goes: a container's own address or the proxy's
// entrypoint.
type Target struct {
	Address string // IP, or the name of the proxy
	Port    int
	Scheme  string // http, https or h2c
	Host    string // the Host header, and with https the name asked for; "" means Address:Port
}

// base returns the URL of the target without a path.
func (t Target) base() (*url.URL, error) {
	switch {
	case t.Address == "":
		return nil, errors.New("the target has no address")
	case t.Port < 1 || t.Port > 65535:
		return nil, fmt.Errorf("the target's port %d is none", t.Port)
	}
	u := &url.URL{Scheme: t.Scheme, Host: net.JoinHostPort(t.Address, strconv.Itoa(t.Port))}
	switch t.Scheme {
	case "http", "https":
	case "h2c":
		u.Scheme = "http"
	default:
		return nil, fmt.Errorf("the target's scheme %.20q is none of http, https and h2c", t.Scheme)
	}
	return u, nil
}

// roundTrip sends req over a connection of its own and calls use with the
// answer. All is closed when it returns. use may return the errors of reading
// the body as they are.
func (t Target) roundTrip(ctx context.Context, req *http.Request, use func(*http.Response) error) error {
	conn, err := dial(ctx, req.URL.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	transport := t.transport(conn, req.Host)
	defer transport.CloseIdleConnections()

	// Not through an http.Client, which follows redirects.
	resp, err := transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return t.explain(err)
	}
	defer resp.Body.Close()
	return t.explain(use(resp))
}

// dial opens a connection that is too short-lived to be kept alive.
func dial(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1}
	return d.DialContext(ctx, "tcp", address)
}

// transport returns one that speaks the target's protocol over conn, to host.
func (t Target) transport(conn net.Conn, host string) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(t.Scheme != "h2c")
	protocols.SetHTTP2(t.Scheme == "https")
	protocols.SetUnencryptedHTTP2(t.Scheme == "h2c")
	first := make(chan net.Conn, 1)
	first <- conn
	return &http.Transport{
		Proxy: nil, // never one of the environment's
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			select {
			case c := <-first:
				return c, nil
			default:
				return nil, errSecond
			}
		},
		Protocols:              protocols,
		DisableKeepAlives:      true,
		DisableCompression:     true, // the wanted text is looked for as it is
		MaxResponseHeaderBytes: maxAnswer,
		// A test asks whether the app works, not who it is: nobody signs a
		// certificate for a container's address, and the proxy may show its
		// default one. The connection goes to the address that Docker or the
		// user gave, and to no other.
		TLSClientConfig: &tls.Config{ServerName: serverName(host), InsecureSkipVerify: true},
	}
}

// errSecond: a test has one connection, so that each answer is that of the
// first request.
var errSecond = errors.New("a second connection")

// serverName returns the name to ask for in TLS: host without its port.
func serverName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// checked is what a test found wrong. Its text is fit to show.
type checked struct{ error }

// explain returns err if it is safe to show, and says the same in other words
// if not: the errors of net/http quote what the server sent.
func (t Target) explain(err error) error {
	var own checked
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case err == nil || errors.As(err, &own):
		return err
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &record):
		return errors.New("the answer is not TLS: is its scheme https?")
	case errors.As(err, &alert):
		return fmt.Errorf("TLS is refused: %w", alert)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errors.New("the connection was closed before the whole answer")
	}
	return fmt.Errorf("the answer is not understood: is its scheme %s?", t.Scheme)
}
