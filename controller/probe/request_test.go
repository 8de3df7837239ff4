package probe

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bg/labels"
)

func TestNothingButTheTargetIsAsked(t *testing.T) {
	elsewhere := app(t, "http", func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s came to another host", r.URL) })
	other := fmt.Sprintf("%s:%d", elsewhere.Address, elsewhere.Port)
	t.Setenv("HTTP_PROXY", "http://"+other)
	t.Setenv("http_proxy", "http://"+other)
	t.Setenv("ALL_PROXY", "http://"+other)
	var uris []string
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { uris = append(uris, r.RequestURI) })
	for _, path := range []string{"//" + other + "/", "/\\" + other, "/@" + other + "/", "/..//" + other, "/?http://" + other} {
		err := Smoke(t.Context(), to, home(func(s *labels.Smoke) {
			s.Path = path
			s.Headers = []labels.Header{{Name: "Host", Value: other}, {Name: "X-Forwarded-Host", Value: other}}
		}))
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(uris) != 5 {
		t.Errorf("the target was asked for %q", uris)
	}
	for _, path := range []string{"", "x", "http://" + other + "/", "@" + other, ":80", "*", "/%zz", "/a b\r\nX: y"} {
		err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Path = path }))
		says(t, err, "smoke test home: its path is none: give one that begins with a /, such as /healthz")
	}
}

func TestTheHostIsTheLabelsElseTheTargetsElseItsAddress(t *testing.T) {
	for _, scheme := range []string{"http", "https", "h2c"} {
		t.Run(scheme, func(t *testing.T) {
			var host, name string
			to := app(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				if host = r.Host; r.TLS != nil {
					name = r.TLS.ServerName
				}
			})
			own := fmt.Sprintf("127.0.0.1:%d", to.Port)
			for _, tt := range []struct {
				target, label, want, sni string
			}{
				{"", "", own, ""},
				{"shop.test", "", "shop.test", "shop.test"},
				{"shop.test:8443", "", "shop.test:8443", "shop.test"},
				{"shop.test", "next.shop.test", "next.shop.test", "next.shop.test"},
			} {
				to.Host, host, name = tt.target, "", ""
				err := Smoke(t.Context(), to, home(func(s *labels.Smoke) {
					if tt.label != "" {
						s.Headers = []labels.Header{{Name: "host", Value: tt.label}}
					}
				}))
				if err != nil || host != tt.want {
					t.Errorf("%+v: the host is %q, %v", tt, host, err)
				}
				if scheme == "https" && name != tt.sni {
					t.Errorf("%+v: the name asked for in TLS is %q", tt, name)
				}
			}
		})
	}
}

func TestAHeaderThatIsNoneIsRefusedUnsent(t *testing.T) {
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { t.Errorf("sent: %v", r.Header) })
	for name, h := range map[string]labels.Header{
		"two lines":          {Name: "X-Token", Value: "hunter2\r\nHost: evil"},
		"a newline":          {Name: "X-Token", Value: "hunter2\n"},
		"a zero byte":        {Name: "X-Token", Value: "hunter2\x00"},
		"no name":            {Name: "", Value: "hunter2"},
		"a name with spaces": {Name: "X Token", Value: "hunter2"},
		"a name of two":      {Name: "X:\r\nY", Value: "hunter2"},
		"a host of two":      {Name: "Host", Value: "hunter2\r\nX: y"},
		"a host with spaces": {Name: "Host", Value: "hunter2 x"},
		"an empty host":      {Name: "Host", Value: ""},
	} {
		err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Headers = []labels.Header{h} }))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestEveryMethodIsSent(t *testing.T) {
	var got string
	to := app(t, "http", func(w http.ResponseWriter, r *http.Request) { got = r.Method })
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		if err := Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Method = method })); err != nil || got != method {
			t.Errorf("%s came as %s: %v", method, got, err)
		}
	}
	says(t, Smoke(t.Context(), to, home(func(s *labels.Smoke) { s.Method = "GE T" })), `smoke test home: the method "GE T" is none of HTTP's`)
}
