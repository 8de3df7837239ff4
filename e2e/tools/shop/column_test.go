package main

import "testing"

func TestTheVersionDecidesTheColumn(t *testing.T) {
	for version, want := range map[string]column{
		"v1": onlyName, "v3": onlyName, "v4": both, "v7": both, "v8": onlyFullName, "12": onlyFullName,
		"v0": "", "v-1": "", "": "", "latest": "",
	} {
		if got, err := columnOf(version); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", version, got, err, want)
		}
	}
}
