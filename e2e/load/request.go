package load

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// Request is what one request asks for.
type Request struct {
	Method string // default GET
	Path   string // default /
	Body   string // sent with its length; "": none
}

// bytes renders the request as it goes over the wire.
func (r Request) bytes(target, host string) ([]byte, error) {
	q, err := http.NewRequest(r.Method, "http://"+target+or(r.Path, "/"), strings.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	q.Host = host
	q.Header.Set("User-Agent", "bg-load")
	var b bytes.Buffer
	if err := q.Write(&b); err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	return b.Bytes(), nil
}
