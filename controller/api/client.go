package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ErrNoController says that nobody answers where the controller should be.
var ErrNoController = errors.New("no controller answers")

// maxAnswer is the most that a client reads of one answer.
const maxAnswer = 64 << 20

// Client asks a controller. Its methods may be called at once. A refused
// command is a *Refusal, another bad answer a *Failure, a controller that
// can't be connected to ErrNoController; any other error says that it is not known whether the
// request was carried out.
type Client struct {
	http      *http.Client
	transport *http.Transport
	base      string // of every URL
	token     string // "" over a socket
}

// NewClient returns a client that speaks HTTP over the connections that dial
// makes, and owns them.
func NewClient(dial func(ctx context.Context) (net.Conn, error)) *Client {
	t := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := dial(ctx)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrNoController, err)
			}
			return c, nil
		},
		DisableCompression: true,
		MaxIdleConns:       2,
		IdleConnTimeout:    time.Minute,
	}
	return &Client{transport: t, base: "http://bg", http: &http.Client{
		Transport: t,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// Close closes the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Ping reports whether a controller answers. Every failure but the end of
// ctx and a token that it does not take is ErrNoController.
func (c *Client) Ping(ctx context.Context) error {
	err := c.do(ctx, http.MethodGet, "/v1/ping", nil, nil, &struct{}{})
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrNoController) {
		return err
	}
	var answer *Failure
	if errors.As(err, &answer) && answer.Status == http.StatusUnauthorized {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoController, err)
}

// Status returns the picture once its revision is above after, or the
// current one when timeout is over. With after 0 it returns at once.
func (c *Client) Status(ctx context.Context, after uint64, timeout time.Duration) (Status, error) {
	q := url.Values{}
	if after > 0 {
		q.Set("after", strconv.FormatUint(after, 10))
		q.Set("timeout", timeout.String())
	}
	var s Status
	err := c.do(ctx, http.MethodGet, "/v1/status", q, nil, &s)
	return s, err
}

// Command sends verb, one of the Verb constants.
func (c *Client) Command(ctx context.Context, app, verb string, cmd Command) (Accepted, error) {
	var a Accepted
	err := c.do(ctx, http.MethodPost, "/v1/apps/"+url.PathEscape(app)+"/"+url.PathEscape(verb), nil, cmd, &a)
	return a, err
}

// Wait returns once the app's generation is confirmed or undone, or with
// the Outcome Pending when timeout (at most ten minutes) is over.
func (c *Client) Wait(ctx context.Context, app string, generation uint64, timeout time.Duration) (Outcome, error) {
	q := url.Values{
		"generation": {strconv.FormatUint(generation, 10)},
		"timeout":    {min(timeout, maxWait).String()},
	}
	var o Outcome
	err := c.do(ctx, http.MethodGet, "/v1/apps/"+url.PathEscape(app)+"/wait", q, nil, &o)
	return o, err
}

// Record returns what the judge was told of the app's release, of one service
// or, for "", of all together.
func (c *Client) Record(ctx context.Context, app, service string) (Record, error) {
	q := url.Values{}
	if service != "" {
		q.Set("service", service)
	}
	var r Record
	err := c.do(ctx, http.MethodGet, "/v1/apps/"+url.PathEscape(app)+"/record", q, nil, &r)
	return r, err
}

// History returns the newest limit events, oldest first, of one app or, for
// "", of all.
func (c *Client) History(ctx context.Context, app string, limit int) ([]Event, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if app != "" {
		q.Set("app", app)
	}
	var events []Event
	err := c.do(ctx, http.MethodGet, "/v1/history", q, nil, &events)
	return events, err
}

func (c *Client) do(ctx context.Context, method, path string, q url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	u := c.base + path
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // without the address, which means nothing to people
		}
		return fmt.Errorf("ask the controller: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the controller's answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return answered(res, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read the controller's answer: %w", err)
	}
	return nil
}

// answered turns an answer that is not 200 into an error.
func answered(res *http.Response, body []byte) error {
	var e Error
	if err := json.Unmarshal(body, &e); err != nil || e.Error == "" {
		return &Failure{Status: res.StatusCode, Text: res.Status}
	}
	if res.StatusCode == http.StatusConflict {
		return &Refusal{Text: e.Error}
	}
	return &Failure{Status: res.StatusCode, Text: e.Error}
}

// Failure is the error for an answer that is neither good nor a Refusal. One
// of 500 and above may go away by itself.
type Failure struct {
	Status int    // of HTTP
	Text   string // the controller's words
}

func (f *Failure) Error() string { return "the controller answered: " + f.Text }
