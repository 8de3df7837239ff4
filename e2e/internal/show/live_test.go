package show

import (
	"bytes"
	"testing"
)

func TestTheLastLineIsRenewedInPlaceOnATerminalOnly(t *testing.T) {
	for _, c := range []struct {
		name     string
		terminal bool
		want     string
	}{
		{"terminal", true, "one\r\x1b[2Ktext\none\r\x1b[2Ktwo\nend\n"},
		{"pipe", false, "one\ntext\ntwo\nend\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			l := NewLive(&out)
			l.Style.Terminal = c.terminal
			l.Renew("one")
			l.Print("%s", "text")
			l.Renew("two")
			l.Keep()
			l.Print("end")
			if out.String() != c.want {
				t.Errorf("got %q, want %q", out.String(), c.want)
			}
		})
	}
}

func TestALineIsCutToTheTerminal(t *testing.T) {
	var out bytes.Buffer
	l := NewLive(&out)
	l.Style = Style{Terminal: true, Width: 5}
	l.Renew("0123456789")
	if out.String() != "0123" {
		t.Errorf("got %q", out.String())
	}
}
