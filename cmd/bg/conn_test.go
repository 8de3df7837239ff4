package main

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAConnCarriesBytesBothWaysAndHalfCloses(t *testing.T) {
	c, err := startConn(exec.Command("cat"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := c.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	var timeout interface{ Timeout() bool }
	if _, err := c.Read(b); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("past the deadline: %v", err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestClosingAConnEndsItsProcess(t *testing.T) {
	c, err := startConn(exec.Command("sh", "-c", "exec sleep 100"))
	if err != nil {
		t.Fatal(err)
	}
	pid := c.(*conn).cmd.Process.Pid
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d: %v", pid, err)
	}
}

func TestAProcessThatFailsSaysWhy(t *testing.T) {
	c, err := startConn(exec.Command("sh", "-c", "echo Error: no such container >&2; exit 1"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "no such container") {
		t.Errorf("read: %v", err)
	}
	if _, err := c.Write([]byte("x")); err == nil || !strings.Contains(err.Error(), "no such container") {
		t.Errorf("write: %v", err)
	}
	if _, err := startConn(exec.Command("/nowhere/docker")); err == nil {
		t.Error("a program that does not exist was started")
	}
}

func TestAConnKeepsOnlyTheLastWords(t *testing.T) {
	w := &tail{}
	for range 1000 {
		_, _ = w.Write([]byte("0123456789"))
	}
	_, _ = w.Write([]byte("end"))
	if s := w.String(); len(s) != 4096 || !strings.HasSuffix(s, "end") {
		t.Errorf("%d bytes", len(s))
	}
}
