package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// start runs a on a port of its own; stop is what SIGTERM does.
func start(t *testing.T, a *app, grace time.Duration) (url string, stop func(), done chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done = make(chan error, 1)
	go func() { done <- run(ctx, l, a, grace) }()
	t.Cleanup(cancel)
	return "http://" + l.Addr().String(), cancel, done
}

func TestARequestUnderWayIsAnsweredAfterTheStop(t *testing.T) {
	a := newApp(testConfig())
	url, stop, done := start(t, a, time.Minute)
	entered, release := make(chan struct{}), make(chan struct{})
	a.mux.HandleFunc("/wait", func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		io.WriteString(w, "late")
	})
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get(url + "/wait")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-entered
	stop()
	close(release)
	if got := <-answer; got != "late" {
		t.Errorf("got %q, want the late answer", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAnEndlessStreamIsCutAfterTheGrace(t *testing.T) {
	url, stop, done := start(t, newApp(testConfig()), 20*time.Millisecond)
	res, err := http.Get(url + "/sse")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
