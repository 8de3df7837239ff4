package lab

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/controller/docker/dockertest"
)

// program is a controller that is a shell script.
func program(t *testing.T, script string) (*Lab, Options) {
	t.Helper()
	l := &Lab{Name: "net", Folder: t.TempDir(), Web: "http://127.0.0.1:1", API: "http://127.0.0.1:2"}
	path := filepath.Join(l.Folder, "bg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return l, Options{Binary: path, Docker: "unix:///nowhere"}
}

func TestAControllerThatEndsIsNotWaitedFor(t *testing.T) {
	l, o := program(t, `echo "no state for $*"; exit 3`)
	c, err := l.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Kill()
	err = c.Await(t.Context(), "anything", func(api.Status) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "no state for controller") {
		t.Errorf("got %v", err)
	}
	if code, err := c.Wait(t.Context()); code != 3 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
}

func TestAKilledControllerHasNoExitCode(t *testing.T) {
	l, o := program(t, "while :; do read x; done < /dev/zero")
	c, err := l.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Wait(ctx); err == nil {
		t.Error("it has ended by itself")
	}
	c.Kill()
	if code, err := c.Wait(t.Context()); code != -1 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
}

func TestAnEngineIsServedUntilItIsClosed(t *testing.T) {
	l := &Lab{Folder: t.TempDir()}
	e, err := l.Serve(dockertest.New("net"))
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(e.Host, "unix://")
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is still there")
	}
}
