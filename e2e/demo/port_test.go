package main

import (
	"net"
	"testing"
)

func TestATakenPortIsNotChosen(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	got, err := choosePort(taken)
	if err != nil || got == taken || got == 0 {
		t.Errorf("got port %d, %v; %d is taken", got, err, taken)
	}
	l.Close()
	if got, err := choosePort(taken); err != nil || got != taken {
		t.Errorf("got port %d, %v; %d is free again", got, err, taken)
	}
}
