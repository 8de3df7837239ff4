package probe

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"bg/labels"
)

const (
	// defaultLimit bounds a test that sets no latency.
	defaultLimit = 10 * time.Second
	// maxAnswer is the most bytes read of an answer's headers, and of its
	// body: what a test looks for stands in the first MiB.
	maxAnswer = 1 << 20
)

// Smoke runs one test and returns nil if the answer is as demanded, else an
// error that names the test and what was wrong: "smoke test home: GET /:
// status 500, want 200-399". The latency counts from before the connection is
// made until the body is read, to its end or its first MiB. An answer that
// breaks off fails, and so does one that never ends.
//
// If ctx ends, the error wraps that of ctx: the test has proved nothing.
func Smoke(ctx context.Context, t Target, s labels.Smoke) error {
	s.Method = cmp.Or(s.Method, http.MethodGet)
	req, err := request(t, s)
	if err != nil {
		return fmt.Errorf("smoke test %s: %w", s.Name, err)
	}
	if err := run(ctx, t, s, req); err != nil {
		return fmt.Errorf("smoke test %s: %s %.200s: %w", s.Name, s.Method, req.URL.EscapedPath(), err)
	}
	return nil
}

// run sends req and checks the answer.
func run(ctx context.Context, t Target, s labels.Smoke, req *http.Request) error {
	limit, began := limitOf(s), time.Now()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	err := t.roundTrip(limited, req, func(resp *http.Response) error { return check(resp, s) })
	switch {
	case err == nil && time.Since(began) <= limit:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || limited.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no whole answer within %s", limit)
	}
	return err
}

// limitOf returns the time in which the test has to be over.
func limitOf(s labels.Smoke) time.Duration { return cmp.Or(s.Latency, defaultLimit) }

// check compares an answer with what the test demands.
func check(resp *http.Response, s labels.Smoke) error {
	if err := within(resp.StatusCode, s.Status); err != nil {
		return err
	}
	var body []byte
	if resp.StatusCode != http.StatusSwitchingProtocols { // what follows that is no body and has no end
		var err error
		if body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
			return err
		}
	}
	if !bytes.Contains(body, []byte(s.Body)) {
		return checked{errors.New("the body lacks the wanted text")}
	}
	return nil
}

// within returns what is wrong with a status, or nil.
func within(code int, want labels.StatusRange) error {
	if code < want.From || code > want.To {
		return checked{fmt.Errorf("status %d, want %s", code, span(want))}
	}
	return nil
}

func span(r labels.StatusRange) string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d-%d", r.From, r.To)
}
