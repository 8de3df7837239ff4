package main

import "testing"

func TestPrintableTextSteersNoTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 中":            "plain é 中",
		"\x1b[2Jx\x07\u009b1m": "[2Jx1m",
		"a\tb\nc\r":            "a b\nc",
		"\u202egnp":            "gnp",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := oneLine("\na\n\nb\n"); got != "a; b" {
		t.Errorf("got %q", got)
	}
}
