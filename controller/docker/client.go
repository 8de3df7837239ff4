package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
)

// minAPI is what Engine 20.10 speaks.
const minAPI = "1.41"

// conn is a client of one engine, with the API version agreed once. A new
// one is made at each reconnect, because the engine may have been upgraded
// in between and refuse the version remembered.
type conn struct {
	*client.Client
	base  *http.Transport
	limit time.Duration
}

// client returns a conn that has not called anybody yet.
func (o *Observer) client() (*conn, error) {
	c := &conn{limit: o.opts.Call}
	opts := []client.Opt{client.FromEnv}
	if o.opts.Host != "" {
		opts = append(opts, client.WithHost(o.opts.Host))
	}
	if o.dial != nil {
		opts = append(opts, client.WithDialContext(o.dial))
	}
	opts = append(opts, func(d *client.Client) error { return c.bound(d, o.opts.Parallel) })

	var err error
	if c.Client, err = client.NewClientWithOpts(opts...); err != nil {
		return nil, fmt.Errorf("docker host %q: %w", o.opts.Host, err)
	}
	return c, nil
}

// bound puts the limits on answers around the transport that the options
// before it have set up.
func (c *conn) bound(d *client.Client, idle int) error {
	h := d.HTTPClient()
	base, ok := h.Transport.(*http.Transport)
	if !ok {
		return fmt.Errorf("transport %T is not HTTP", h.Transport)
	}
	base.MaxIdleConns, base.MaxIdleConnsPerHost = idle+2, idle+2
	c.base = base
	if base.TLSClientConfig != nil {
		// The client tells TLS by the type of its transport, hidden below.
		if err := client.WithScheme("https")(d); err != nil {
			return err
		}
	}
	h.Transport = bounded{base}
	return client.WithHTTPClient(h)(d)
}

// negotiate asks the engine for its API version and agrees on one.
func (c *conn) negotiate(ctx context.Context) error {
	return c.call(ctx, "ping docker", func(ctx context.Context) error {
		ping, err := c.Ping(ctx)
		if err == nil {
			c.NegotiateAPIVersionPing(ping)
		}
		return err
	})
}

// tooOld is the error for an engine that can't do what bg needs, or nil.
func (c *conn) tooOld() error {
	if v := c.ClientVersion(); versions.LessThan(v, minAPI) {
		return fmt.Errorf("docker speaks API %s, bg needs %s: use Docker Engine 20.10 or later", v, minAPI)
	}
	return nil
}

// call runs one request under the time limit. The error begins with what.
func (c *conn) call(ctx context.Context, what string, request func(context.Context) error) error {
	return c.within(ctx, c.limit, what, request)
}

// within is call with a time limit of its own.
func (c *conn) within(ctx context.Context, limit time.Duration, what string, request func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := request(limited)
	var sent *url.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && limited.Err() != nil:
		return fmt.Errorf("%s: no answer in %s", what, limit)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: the answer breaks off: %w", what, err)
	case errors.As(err, &sent):
		err = sent.Err // without the request's URL, which tells nobody anything
	}
	return fmt.Errorf("%s: %w", what, short(err))
}

// close gives up idle connections, and those in use once they get idle.
func (c *conn) close() { c.base.CloseIdleConnections() }
