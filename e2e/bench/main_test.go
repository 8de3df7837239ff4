package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsAskedForIsBounded(t *testing.T) {
	for args, want := range map[string]string{
		"-n 0":           "-n 0",
		"-n 99999":       "-n 99999",
		"-rate 100000":   "-rate 100000",
		"-apps 1,many":   "-apps",
		"-apps 1,100000": "-apps",
		"-pause 1h":      "-pause",
		"more":           "too much",
	} {
		if _, err := parse("cutover", strings.Fields(args), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error about %q", args, err, want)
		}
	}
}

func TestTheDefaultsAreThoseOfTheBar(t *testing.T) {
	o, err := parse("cutover", nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 100, 1000}, o.apps); diff != "" || o.n != 100 || o.rate != 500 {
		t.Errorf("got %+v", o)
	}
	if o, err := parse("cutover", []string{"-apps", ""}, io.Discard); err != nil || len(o.apps) > 0 {
		t.Errorf("without apps: got %+v, %v", o, err)
	}
	if _, err := parse("kill", []string{"-how", "age"}, io.Discard); err == nil {
		t.Error("there is no death by age")
	}
	if o, err = parse("kill", nil, io.Discard); err != nil || o.n != 20 {
		t.Errorf("kill: got %+v, %v", o, err)
	}
}
