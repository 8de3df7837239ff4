package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
)

func TestTheExitCodeTellsHowItEnded(t *testing.T) {
	for _, c := range []struct {
		err         error
		interrupted bool
		code        int
		said        string
	}{
		{nil, false, 0, ""},
		{nil, true, 0, ""},
		{fmt.Errorf("load: %w", context.Canceled), true, 130, "try: interrupted; what it had made is removed\n"},
		{context.Canceled, false, 1, "try: context canceled\n"},
		{flag.ErrHelp, false, 2, ""},
		{errors.New("a promise was broken"), true, 1, "try: a promise was broken\n"},
	} {
		var said strings.Builder
		if code := exit(&said, "try", c.err, c.interrupted); code != c.code || said.String() != c.said {
			t.Errorf("%v, interrupted %t: code %d, %q", c.err, c.interrupted, code, said.String())
		}
	}
}
