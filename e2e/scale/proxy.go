package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"bg/controller/traefik"
	"bg/labels"
)

// proxy is a Traefik that serves each file at once: its API and its entrypoint
// confirm the generation that the file names, and its metrics are those of all
// apps, each of which has answered in four ways.
type proxy struct {
	folder  string
	metrics []byte
	api     string // URL
	web     string // host:port
	close   func()
}

func newProxy(folder string, apps int) (*proxy, error) {
	p := &proxy{folder: folder, metrics: metrics(apps)}
	var listeners [2]net.Listener
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("serve the proxy: %w", err)
		}
		listeners[i] = l
	}
	p.api, p.web = "http://"+listeners[0].Addr().String(), listeners[1].Addr().String()
	api, web := serve(listeners[0], http.HandlerFunc(p.serveAPI)), serve(listeners[1], http.HandlerFunc(p.serveWeb))
	p.close = func() {
		api()
		web()
	}
	return p, nil
}

// generation reads the one that the file is of.
func (p *proxy) generation() string {
	f, err := os.Open(filepath.Join(p.folder, "bg.yml"))
	if err != nil {
		return "none"
	}
	defer f.Close()
	head := make([]byte, 128)
	n, _ := f.Read(head)
	g, ok := traefik.Generation(head[:n])
	if !ok {
		return "none"
	}
	return fmt.Sprint(g)
}

func (p *proxy) serveAPI(w http.ResponseWriter, r *http.Request) {
	var answer any = map[string]any{}
	switch name, marker := strings.CutPrefix(r.URL.Path, "/api/http/middlewares/"); {
	case marker && name == "bg.generation-"+p.generation()+"@file":
		answer = map[string]string{"status": "enabled"}
	case r.URL.Path == "/api/version":
		answer = map[string]string{"Version": "3.7.10"}
	case r.URL.Path == "/api/overview":
		answer = map[string]any{"providers": []string{"File"}}
	case r.URL.Path == "/api/http/routers", r.URL.Path == "/api/http/services":
		answer = []any{}
	case r.URL.Path == "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(p.metrics)
		return
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *proxy) serveWeb(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/"+p.generation() {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

// bounds are those of the histograms that docker-compose.yml asks for.
var bounds = []string{"0.01", "0.05", "0.1", "0.2", "0.3", "0.5", "0.75", "1", "1.5", "2", "3", "5", "10", "+Inf"}

// metrics is what Traefik says of so many apps, in both colors: 20 kB an app.
func metrics(apps int) []byte {
	var b bytes.Buffer
	each := func(do func(series string)) {
		for _, kind := range []string{`code="200",method="GET"`, `code="200",method="POST"`, `code="404",method="GET"`, `code="500",method="GET"`} {
			for i := range apps {
				for _, c := range labels.Colors {
					do(fmt.Sprintf(`%s,protocol="http",service="%s@file"`, kind, labels.Leaf(appName(i), "web", c)))
				}
			}
		}
	}
	each(func(s string) {
		for i, le := range bounds {
			fmt.Fprintf(&b, "traefik_service_request_duration_seconds_bucket{%s,le=%q} %d\n", s, le, 1000*(i+1))
		}
		fmt.Fprintf(&b, "traefik_service_request_duration_seconds_sum{%s} 170.5\ntraefik_service_request_duration_seconds_count{%s} 14000\n", s, s)
	})
	for _, family := range []string{"requests_bytes_total", "requests_total", "responses_bytes_total"} {
		each(func(s string) { fmt.Fprintf(&b, "traefik_service_%s{%s} 14000\n", family, s) })
	}
	return b.Bytes()
}
