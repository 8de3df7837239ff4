package docker

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxAnswer is the most bytes of one answer, or of one line of a stream.
// 10,000 containers with 6 KiB of labels each fit.
const maxAnswer = 64 << 20

// bounded lets only complete, bounded answers through. The docker client
// takes every status below 400 for success.
type bounded struct{ base http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < http.StatusBadRequest && !expected(r.Method, resp.StatusCode) {
		resp.Body.Close()
		return nil, fmt.Errorf("docker answered %q to %s", resp.Status, r.URL.Path)
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, lines: strings.HasSuffix(r.URL.Path, "/events")}
	return resp, nil
}

// expected reports whether Docker says with this status that all is well: it
// answers what was asked for, has done it, or found it done already.
func expected(method string, status int) bool {
	if method == http.MethodPost {
		return status == http.StatusNoContent || status == http.StatusNotModified
	}
	return status == http.StatusOK
}

// boundedBody fails after maxAnswer bytes: of the whole or, in a stream of
// events, of one line.
type boundedBody struct {
	io.ReadCloser
	lines bool
	size  int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += n
	if end := bytes.LastIndexByte(p[:n], '\n'); b.lines && end >= 0 {
		b.size = n - end - 1
	}
	if b.size > maxAnswer {
		return 0, fmt.Errorf("docker's answer is longer than %d bytes", maxAnswer)
	}
	return n, err
}
