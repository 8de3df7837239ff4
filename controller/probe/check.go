package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

// maxHealth is the most bytes read of the body that answers a health check.
const maxHealth = 64 << 10

// ask asks a container once, over a connection of its own: one that is kept
// would go on telling of an app that accepts nobody new any more. It returns
// nil if the answer is as demanded and came in time, else an error that says
// what was wrong: "GET /healthz: status 500, want 200-399".
//
// heard reports whether the container said anything at all in time, be it that
// its port is closed. Without that, the fault may lie on the way to it.
func ask(ctx context.Context, c rollout.Checkup) (heard bool, err error) {
	if _, err := netip.ParseAddr(c.Address); err != nil {
		return false, errors.New("its address is no IP") // a name could lead anywhere
	}
	limit := c.Health.Timeout
	if c.Health.Latency > 0 {
		limit = min(limit, c.Health.Latency)
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	began, what := time.Now(), fmt.Sprintf("connect to port %d", c.Port)
	if c.Health.Path == "" {
		err = connect(limited, c)
	} else {
		what, err = get(limited, c)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) || timeout(err) || err == nil && time.Since(began) > limit:
		return false, fmt.Errorf("%s: no answer within %s", what, limit)
	case err == nil:
		return true, nil
	}
	heard = true
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		heard, err = errors.Is(err, syscall.ECONNREFUSED), short(err)
	}
	return heard, fmt.Errorf("%s: %w", what, err)
}

// connect opens a connection to the container's port, and closes it.
func connect(ctx context.Context, c rollout.Checkup) error {
	conn, err := dial(ctx, net.JoinHostPort(c.Address, strconv.Itoa(c.Port)))
	if err != nil {
		return err
	}
	return conn.Close()
}

// get sends the container a GET, and returns it in words beside what was
// wrong with the answer.
func get(ctx context.Context, c rollout.Checkup) (what string, err error) {
	t := Target{Address: c.Address, Port: c.Port, Scheme: c.Scheme}
	req, err := request(t, labels.Smoke{Path: c.Health.Path, Method: http.MethodGet})
	if err != nil {
		return http.MethodGet, err
	}
	req.Header.Set("User-Agent", "bg-health")
	err = t.roundTrip(ctx, req, func(resp *http.Response) error {
		if err := within(resp.StatusCode, c.Health.Status); err != nil || resp.StatusCode == http.StatusSwitchingProtocols {
			return err
		}
		_, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxHealth))
		return err
	})
	return fmt.Sprintf("%s %.200s", http.MethodGet, req.URL.EscapedPath()), err
}

// timeout reports whether err says that time was over before ctx did.
func timeout(err error) bool {
	late, ok := errors.AsType[net.Error](err)
	return ok && late.Timeout()
}

// short returns the reason why a connection failed, without the address,
// which is the container's and changes with every start.
func short(err error) error {
	if reason, ok := errors.AsType[syscall.Errno](err); ok {
		return reason
	}
	return err
}
