package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bg/controller/socketproxy"
)

func TestTheSocketProxyServesUntilItIsToldToEnd(t *testing.T) {
	folder, err := os.MkdirTemp("", "bg") // socket paths are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	behind, front := filepath.Join(folder, "docker.sock"), filepath.Join(folder, "front.sock")
	listener, err := net.Listen("unix", behind)
	if err != nil {
		t.Fatal(err)
	}
	docker := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.47") })}
	ended := make(chan error, 2)
	go func() { ended <- docker.Serve(listener) }()

	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		ended <- runSocketProxy(ctx, front, socketproxy.Options{Docker: behind, Network: "bg", Log: slog.New(slog.DiscardHandler)})
	}()
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			for { // it listens in a moment
				c, err := (&net.Dialer{}).DialContext(ctx, "unix", front)
				if err == nil || ctx.Err() != nil {
					return c, err
				}
			}
		},
	}}
	res, err := client.Get("http://docker/_ping")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.Header.Get("Api-Version") != "1.47" {
		t.Errorf("%s %v", res.Status, res.Header)
	}
	res, err = client.Post("http://docker/containers/create", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("%s %s", res.Status, said)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
	if _, err := os.Lstat(front); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
	_ = docker.Close()
	<-ended
}
