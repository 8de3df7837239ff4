package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
)

// script answers look-ups from a list, again and again.
type script struct {
	answers [][]string // nil: an error
	asked   int
}

func (s *script) LookupHost(_ context.Context, name string) ([]string, error) {
	a := s.answers[s.asked%len(s.answers)]
	s.asked++
	if a == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, Server: "127.0.0.11:53"}
	}
	return append([]string(nil), a...), nil
}

func TestLookupCountsEachDifferentAnswer(t *testing.T) {
	s := &script{answers: [][]string{{"10.0.0.2", "10.0.0.1"}, {"10.0.0.1", "10.0.0.2"}, {"10.0.0.3"}, nil}}
	var b strings.Builder
	if err := lookup(s, "api", 8, &b); err != nil {
		t.Fatal(err)
	}
	if want := "4 10.0.0.1 10.0.0.2\n2 10.0.0.3\n2 error no such host\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestLookupRefusesACountOutOfBounds(t *testing.T) {
	for _, n := range []int{-1, 0, maxLookups + 1} {
		s := &script{answers: [][]string{nil}}
		if err := lookup(s, "api", n, &strings.Builder{}); err == nil || s.asked > 0 {
			t.Errorf("%d look-ups: error %v after %d", n, err, s.asked)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestLookupTellsWhenItCannotWrite(t *testing.T) {
	if err := lookup(&script{answers: [][]string{{"10.0.0.1"}}}, "api", 1, full{}); err == nil {
		t.Error("no error")
	}
}
