package probe

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bg/labels"
)

// request makes the request of a test. Whatever its path says, it goes to t.
func request(t Target, s labels.Smoke) (*http.Request, error) {
	base, err := t.base()
	if err != nil {
		return nil, err
	}
	// The parts are taken over one by one: what looks like a host in the
	// path stays part of the path.
	path, err := url.ParseRequestURI(s.Path)
	if err != nil || !strings.HasPrefix(s.Path, "/") {
		return nil, errors.New("its path is none: give one that begins with a /, such as /healthz")
	}
	base.Path, base.RawPath, base.RawQuery = path.Path, path.RawPath, path.RawQuery

	req, err := http.NewRequest(s.Method, "http://target/", nil)
	if err != nil {
		return nil, fmt.Errorf("the method %.20q is none of HTTP's", s.Method)
	}
	req.URL, req.Host = base, cmp.Or(t.Host, base.Host)
	req.Header.Set("User-Agent", "bg-smoke")
	given := http.Header{}
	for _, h := range s.Headers {
		switch {
		case !token(h.Name):
			return nil, fmt.Errorf("%.80q is no header's name", h.Name)
		case strings.ContainsFunc(h.Value, forbidden):
			return nil, fmt.Errorf("the value of header %s is not one line of text", h.Name)
		case strings.EqualFold(h.Name, "Host"):
			req.Host = h.Value
		default:
			given.Add(h.Name, h.Value)
		}
	}
	for name, values := range given {
		req.Header[name] = values
	}
	if req.Host == "" || strings.ContainsFunc(req.Host, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' }) {
		return nil, errors.New("the Host is no host's name")
	}
	return req, nil
}

// token reports whether s may be the name of a header.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// forbidden reports whether r would end a header's value, or worse.
func forbidden(r rune) bool { return r != '\t' && r < ' ' || r == 0x7f }
