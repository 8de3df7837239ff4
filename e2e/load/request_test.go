package load

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

func TestARequestArrivesAsItWasGiven(t *testing.T) {
	for _, c := range []struct {
		given      Request
		want, body string
	}{
		{Request{}, "GET / ", ""},
		{Request{Method: "HEAD", Path: "/a?b=c"}, "HEAD /a?b=c ", ""},
		{Request{Method: "POST", Path: "/once/7", Body: "seven"}, "POST /once/7 5", "seven"},
		{Request{Method: "POST"}, "POST / 0", ""},
	} {
		wire, err := c.given.bytes("127.0.0.1:1", "shop.test")
		if err != nil {
			t.Fatal(err)
		}
		got, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		if line := got.Method + " " + got.RequestURI + " " + got.Header.Get("Content-Length"); line != c.want || string(body) != c.body || got.Host != "shop.test" {
			t.Errorf("%+v arrived as %q with body %q for %s, want %q with body %q", c.given, line, body, got.Host, c.want, c.body)
		}
	}
}

func TestARequestThatCannotBeMadeIsAnError(t *testing.T) {
	for _, r := range []Request{{Path: "/%zz"}, {Method: "G T"}} {
		if wire, err := r.bytes("127.0.0.1:1", "h"); err == nil {
			t.Errorf("%+v gave %q", r, wire)
		}
	}
}
