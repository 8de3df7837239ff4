package traefik

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// metricsTimeout bounds one look at the metrics: Traefik sorts and writes
	// all that it has for it, which takes it a second with thousands of services.
	metricsTimeout = 5 * time.Second
	// maxMetrics bounds such an answer in bytes; 1,000 apps make 25 MB.
	maxMetrics = 64 << 20
)

// Metrics is what Traefik has counted at one moment.
type Metrics struct {
	At time.Time // of the answer
	// Bounds of the histogram of durations in seconds, rising, without the
	// infinite one; nil until a leaf has answered something.
	Bounds []float64
	// Leaves that have answered something, by labels.Leaf. One that serves no
	// longer is named once more, in the next answer.
	Leaves map[string]*Leaf

	services bool   // something is counted per service, whosever it is
	answered uint64 // with 200-299, at entrypoints for users
}

// Leaf is what one color of a service has answered since Traefik started, or
// since Traefik first served it. It is immutable.
//
// Traefik counts at each server, when its answer has ended. So each try counts
// where there are several, by a retry middleware or a rescue; a leaf without a
// server counts nothing, and neither does an answer that the client or the app
// cuts half way.
//
// Only what is plain HTTP to Traefik is counted here. Event streams and
// WebSockets end late, most by a cut, yet they are refused at once: a new color
// would seem to refuse nearly all. Of a gRPC answer Traefik does not see the
// trailer that says how it went: success and a refused connection are both 2.
type Leaf struct {
	codes   []answers // in no order
	rescued uint64
	within  durations // of all but those whose client went away
	gaveUp  durations // of those
}

// answers is how many requests got a status.
type answers struct {
	code int
	n    uint64
}

// durations is a histogram: how many requests took at most the bound of that
// index, the last one without any. nil is the empty one.
type durations []uint64

// clientGone is the status that Traefik counts where a client did not wait for
// the first byte.
const clientGone = 499

// NoMetrics means that Traefik answers, but has no metrics there.
type NoMetrics struct{ URL string }

func (e *NoMetrics) Error() string {
	return fmt.Sprintf("Traefik has no metrics at %s: start it with --metrics.prometheus=true; where they are at another address, tell the controller with BG_TRAEFIK_METRICS", e.URL)
}

// MetricsAt makes c read the metrics at a URL of their own, such as
// http://traefik:8082; without a path it is /metrics. By default they are at
// the API's address. Call it before anything else.
func (c *Client) MetricsAt(address string) error {
	u, err := plainURL(address)
	if err != nil {
		return fmt.Errorf("the URL %q of Traefik's metrics: %w", address, err)
	}
	if strings.Trim(u.Path, "/") == "" {
		u = u.JoinPath("metrics")
	}
	c.metrics = u
	return nil
}

// Metrics asks Traefik what it has counted. An error is a *NoMetrics or an
// *Unreachable; then nothing is known, which is not the same as no requests.
func (c *Client) Metrics(ctx context.Context) (Metrics, error) {
	target := c.metrics.String()
	fail := func(err error) (Metrics, error) { return Metrics{}, &Unreachable{target, err} }

	ctx, cancel := context.WithTimeout(ctx, metricsTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
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
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return Metrics{}, &NoMetrics{target}
	default:
		return fail(fmt.Errorf("it answers %s", resp.Status))
	}
	at := time.Now()
	body := &io.LimitedReader{R: resp.Body, N: maxMetrics + 1}
	m, err := ParseMetrics(body)
	switch {
	case body.N == 0:
		return fail(fmt.Errorf("metrics of more than %d bytes", maxMetrics))
	case err != nil:
		return fail(fmt.Errorf("the metrics: %w", err))
	}
	m.At = at
	return m, nil
}
