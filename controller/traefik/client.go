package traefik

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// askTimeout bounds one request to Traefik's API, probeTimeout one to an
	// entrypoint: both answer within a millisecond unless something is wrong.
	askTimeout   = 2 * time.Second
	probeTimeout = 500 * time.Millisecond
	// maxAnswer bounds what is read of an answer of the API, in bytes.
	maxAnswer = 16 << 20
)

// Client asks Traefik what it serves. Its methods may run at once.
type Client struct {
	api       *url.URL
	metrics   *url.URL
	overrides []entrypoint
	http      *http.Client // to the API and, without encryption, to entrypoints

	mu     sync.Mutex
	cached []entrypoint // what the API listed; nil: ask

	// Of the look of Check before this one:
	looked   bool      // there was one
	named    bool      // Metrics.services
	answered uint64    // Metrics.answered
	unnamed  bool      // Traefik counted, but not per service
	spare    time.Time // judging does not look before; zero: it does
}

// New returns a Client of the Traefik whose API is at apiURL, such as
// http://traefik:8080. entrypoints are where users reach it, each HOST:PORT,
// or https://HOST:PORT if it is for TLS alone; without any the API is asked,
// and each entrypoint is expected at the API's host.
func New(apiURL string, entrypoints []string) (*Client, error) {
	api, err := plainURL(apiURL)
	if err != nil {
		return nil, fmt.Errorf("the URL %q of Traefik's API: %w", apiURL, err)
	}
	c := &Client{api: api, metrics: api.JoinPath("metrics"), http: &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // never one of the environment's
			DialContext:            (&net.Dialer{Timeout: time.Second}).DialContext,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
			// The marker proves that something is live, not who serves it:
			// the certificate is Traefik's default one.
			TLSClientConfig: &tls.Config{ServerName: markerHost, InsecureSkipVerify: true},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, e := range entrypoints {
		address, secure := strings.CutPrefix(e, "https://")
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("the entrypoint %q must look like traefik:443 or https://traefik:443", e)
		}
		c.overrides = append(c.overrides, entrypoint{name: e, address: net.JoinHostPort(host, port), secure: secure})
	}
	return c, nil
}

// plainURL parses a URL at which Traefik tells of itself.
func plainURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err == nil && (u.Scheme != "http" || u.Hostname() == "" || u.User != nil) {
		err = errors.New("it must look like http://traefik:8080; keep it on a network that only bg is on")
	}
	return u, err
}

// Close closes the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Unreachable means that Traefik's API, or what serves its metrics, gave no
// answer, or none of Traefik's.
type Unreachable struct {
	URL string
	Err error
}

func (e *Unreachable) Error() string {
	return fmt.Sprintf("Traefik at %s cannot be reached: %v: check that Traefik runs, has its API enabled (--api.insecure on an entrypoint that only bg can reach) and shares a network with bg", e.URL, e.Err)
}

func (e *Unreachable) Unwrap() error { return e.Err }

// ask gets a path of the API and decodes the answer into v, unless v is nil.
// It reports whether the thing exists. Every error is an *Unreachable.
func (c *Client) ask(ctx context.Context, path, query string, v any) (bool, error) {
	target := c.api.JoinPath(path)
	target.RawQuery = query
	fail := func(err error) (bool, error) { return false, &Unreachable{target.String(), err} }

	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return fail(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error // says the URL, which Unreachable says too
		if errors.As(err, &u) {
			err = u.Err
		}
		return fail(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fail(err)
	case len(body) > maxAnswer:
		return fail(fmt.Errorf("an answer of more than %d bytes", maxAnswer))
	case resp.StatusCode == http.StatusNotFound && json.Valid(body):
		return false, nil // Traefik's own "not found" is JSON, that of a missing API is not
	case resp.StatusCode != http.StatusOK:
		return fail(fmt.Errorf("it answers %s", resp.Status))
	}
	if v == nil {
		return true, nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fail(fmt.Errorf("it answers something else than Traefik does: %w", err))
	}
	return true, nil
}
