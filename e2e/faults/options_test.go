package main

import (
	"io"
	"strings"
	"testing"

	"bg/e2e/internal/faults"
)

func TestAllFaultsRunUnlessSomeAreNamed(t *testing.T) {
	o, err := parse(nil, io.Discard)
	if err != nil || o.n != 2 || o.rate != 50 || len(o.faults) != len(faults.All()) || o.json {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = parse([]string{"-n", "50", "-only", "22,7", "-o", "json"}, io.Discard)
	if err != nil || o.n != 50 || len(o.faults) != 2 || o.faults[0].Number != 7 || o.faults[1].Number != 22 || !o.json {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestAWrongOptionIsNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-n 0", "-n"},
		{"-n 1001", "-n"},
		{"-rate 9", "-rate"},
		{"-rate 501", "-rate"},
		{"-only 1,35", `"35"`},
		{"-only one", `"one"`},
		{"-o xml", `"xml"`},
		{"7", `"7"`},
	} {
		if _, err := parse(strings.Fields(c.args), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one about %s", c.args, err, c.want)
		}
	}
}
