package traefik

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// entrypoint is one of the doors through which users come.
type entrypoint struct {
	name    string
	address string // host:port
	secure  bool   // answers over TLS only

	redirects bool // answers plain requests by itself; not known of overrides
}

// entrypointAnswer is what the API says of an entrypoint.
type entrypointAnswer struct {
	Name      string `json:"name"`
	Address   string `json:"address"`
	AsDefault bool   `json:"asDefault"`
	HTTP      struct {
		TLS          *struct{} `json:"tls"`
		Redirections *struct {
			EntryPoint *struct{} `json:"entryPoint"`
		} `json:"redirections"`
	} `json:"http"`
}

// entrypoints returns those that routers are on unless they say otherwise,
// for the marker is on these.
func (c *Client) entrypoints(ctx context.Context) ([]entrypoint, error) {
	if len(c.overrides) > 0 {
		return c.overrides, nil
	}
	c.mu.Lock()
	cached := c.cached
	c.mu.Unlock()
	if cached != nil {
		return cached, nil
	}
	var answers []entrypointAnswer
	found, err := c.ask(ctx, "api/entrypoints", "per_page=1000", &answers)
	if err != nil {
		return nil, err
	}
	points := dataEntrypoints(answers, c.api.Hostname())
	if !found || len(points) == 0 {
		return nil, &Unreachable{c.api.String(), errors.New("it lists no entrypoint for users")}
	}
	c.mu.Lock()
	c.cached = points
	c.mu.Unlock()
	return points, nil
}

// forget makes the next call of entrypoints ask again.
func (c *Client) forget() {
	c.mu.Lock()
	c.cached = nil
	c.mu.Unlock()
}

// dataEntrypoints picks those that Traefik puts routers on by default, as
// its getDefaultsEntrypoints does.
func dataEntrypoints(answers []entrypointAnswer, host string) []entrypoint {
	chosen := false
	for _, a := range answers {
		chosen = chosen || a.AsDefault
	}
	var points []entrypoint
	for _, a := range answers {
		address, udp := strings.CutSuffix(strings.ToLower(a.Address), "/udp")
		own, port, err := net.SplitHostPort(strings.TrimSuffix(address, "/tcp"))
		if udp || err != nil || a.Name == "traefik" || chosen && !a.AsDefault {
			continue
		}
		switch {
		case own == "" || unspecified(own):
			own = host // it listens at every address, so at the API's too
		case loopback(own) && !loopback(host):
			continue // only Traefik itself comes to it
		}
		points = append(points, entrypoint{
			name: a.Name, address: net.JoinHostPort(own, port), secure: a.HTTP.TLS != nil,
			redirects: a.HTTP.Redirections != nil && a.HTTP.Redirections.EntryPoint != nil,
		})
	}
	return points
}

func unspecified(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsUnspecified()
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// verdict is what an entrypoint's answer to the marker says.
type verdict int

const (
	silent verdict = iota // no HTTP answer came
	unsure                // something answers before the marker could
	absent                // the generation is not live there
	live
)

// probe asks the entrypoint for the marker. detail is its answer, for people.
func (c *Client) probe(ctx context.Context, e entrypoint, generation uint64) (v verdict, detail string) {
	if !e.secure {
		v, detail = c.probeScheme(ctx, "http", e, generation)
		// Entrypoints that redirect to HTTPS do so for plain requests only.
		// One that an override names may be for TLS alone, and then has
		// nothing but 404 for plain ones.
		if v == live || v == absent && len(c.overrides) == 0 {
			return v, detail
		}
	}
	sv, sdetail := c.probeScheme(ctx, "https", e, generation)
	switch {
	case e.secure || sv == live:
		return sv, sdetail
	case v == absent:
		return v, detail
	}
	return max(v, sv), detail + ", " + sdetail
}

func (c *Client) probeScheme(ctx context.Context, scheme string, e entrypoint, generation uint64) (verdict, string) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+e.address+markerPath(generation), nil)
	if err != nil {
		return silent, err.Error()
	}
	req.Host = markerHost
	resp, err := c.http.Do(req)
	if err != nil {
		return silent, fmt.Sprintf("%v", errors.Unwrap(err))
	}
	defer resp.Body.Close()
	// Read what is short, so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4096))
	detail := fmt.Sprintf("%d by %s", resp.StatusCode, scheme)
	switch resp.StatusCode {
	case markerStatus:
		return live, detail
	case http.StatusNotFound:
		return absent, detail
	}
	return unsure, detail
}
