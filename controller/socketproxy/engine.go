package socketproxy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// maxWords is the most bytes of an error of Docker's that are read.
const maxWords = 64 << 10

var versionWord = regexp.MustCompile(`^1\.[0-9]{1,3}$`)

// engine asks Docker.
type engine struct{ transport *http.Transport }

func newEngine(socket string) engine {
	return engine{&http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", socket)
		},
		DisableCompression:     true,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 32 << 10,
	}}
}

// failure is an answer that is no success, as the client is told of it.
type failure struct {
	status int
	words  string
}

func (f *failure) Error() string { return f.words }

// ask sends a request without a body and returns the answer to it, which the
// caller closes. path is below that of the API's version. A status other than
// those wanted, 200 if there are none, comes back as a *failure, as does
// everything else that keeps Docker from answering.
func (e engine) ask(ctx context.Context, method string, call Call, path string, query url.Values, wanted ...int) (*http.Response, error) {
	at := url.URL{Scheme: "http", Host: "docker", Path: path, RawQuery: query.Encode()}
	if call.Version != "" {
		at.Path = "/v" + call.Version + path
	}
	req, err := http.NewRequestWithContext(ctx, method, at.String(), nil)
	if err != nil {
		return nil, &failure{http.StatusInternalServerError, err.Error()}
	}
	req.Header.Set("User-Agent", "bg-socket-proxy")
	res, err := e.transport.RoundTrip(req)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, &failure{http.StatusGatewayTimeout, "Docker does not answer in time"}
	case err != nil:
		return nil, &failure{http.StatusBadGateway, "Docker does not answer: " + err.Error()}
	case slices.Contains(wanted, res.StatusCode) || len(wanted) == 0 && res.StatusCode == http.StatusOK:
		return res, nil
	}
	defer res.Body.Close()
	if res.StatusCode < http.StatusBadRequest {
		return nil, &failure{http.StatusBadGateway, fmt.Sprintf("Docker answers with status %d, which is not among its answers to this", res.StatusCode)}
	}
	return nil, &failure{res.StatusCode, words(res.Body)}
}

// words reads the message of an error of Docker's, on one line.
func words(body io.Reader) string {
	var said struct{ Message string }
	data, err := io.ReadAll(io.LimitReader(body, maxWords))
	if err != nil || json.Unmarshal(data, &said) != nil || said.Message == "" {
		return "Docker gives no reason"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, said.Message)
}
