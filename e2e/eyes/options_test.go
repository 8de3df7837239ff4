package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"bg/e2e/internal/eyes"
)

func TestAllScenariosRunUnlessSomeAreNamed(t *testing.T) {
	o, err := parse(nil, io.Discard)
	if err != nil || o.n != 20 || o.rate != 500 || len(o.scenarios) != len(eyes.Scenarios()) {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = parse([]string{"-n", "2", "-only", "paused,killed"}, io.Discard)
	if got := names(o.scenarios); err != nil || o.n != 2 || !slices.Equal(got, []string{"killed", "paused"}) {
		t.Errorf("got %d of %q, %v", o.n, got, err)
	}
}

func TestAWrongOptionIsNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-n 0", "-n"},
		{"-n 1001", "-n"},
		{"-rate 9", "-rate"},
		{"-rate 2001", "-rate"},
		{"-only killed,tickled", `"tickled"`},
		{"killed", `"killed"`},
	} {
		if _, err := parse(strings.Fields(c.args), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one about %s", c.args, err, c.want)
		}
	}
}
