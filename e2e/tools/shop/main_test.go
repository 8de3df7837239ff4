package main

import (
	"context"
	"net"
	"testing"
	"time"
)

func TestAWebServiceAndAWorkerTellThatTheyAreWell(t *testing.T) {
	for _, command := range []string{"web", "worker"} {
		t.Setenv("DATABASE", file(t))
		t.Setenv("PORT", freePort(t))
		if err := run(t.Context(), []string{"health"}); err == nil {
			t.Errorf("%s is well before it runs", command)
		}
		if err := run(t.Context(), []string{"expand"}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- run(ctx, []string{command}) }()
		limit := time.Now().Add(20 * time.Second)
		for run(t.Context(), []string{"health"}) != nil {
			if time.Now().After(limit) {
				t.Fatalf("%s does not get well", command)
			}
			time.Sleep(time.Millisecond)
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", command, err)
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestAWrongCommandOrSettingIsRefused(t *testing.T) {
	t.Setenv("DATABASE", file(t))
	for _, c := range []struct{ command, name, value string }{
		{"webs", "", ""}, {"web", "VERSION", "new"}, {"web", "LINGER", "long"}, {"worker", "WORK", "hard"},
		{"dump", "DATABASE", "/nowhere/shop.db"},
	} {
		t.Run(c.command+" "+c.name, func(t *testing.T) {
			if c.name != "" {
				t.Setenv(c.name, c.value)
			}
			if err := run(t.Context(), []string{c.command}); err == nil {
				t.Error("no error")
			}
		})
	}
	if err := run(t.Context(), nil); err == nil {
		t.Error("no error without a command")
	}
}
