package main

import (
	"strings"
	"testing"
	"time"
)

func TestTheDumpHoldsAllAndNamesWhatWasDoneTwice(t *testing.T) {
	s := fresh(t, "v4")
	if err := s.addOrder(order{"1", "Ada", "green", "v4"}); err != nil {
		t.Fatal(err)
	}
	queued(t, s, "a", "b")
	number, err := s.begin("blue", "v4", time.Unix(0, 10))
	if err != nil {
		t.Fatal(err)
	}
	for i, job := range []string{"a", "b", "b", "b"} {
		if err := s.finish(job, "blue", number, time.Unix(0, int64(20+i))); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := dump(s, &out); err != nil {
		t.Fatal(err)
	}
	want := `{"orders":[{"id":"1","name":"Ada","color":"green","version":"v4"}],"jobs":2,` +
		`"executions":[{"job":"a","color":"blue","shift":1,"at":20},{"job":"b","color":"blue","shift":1,"at":21},` +
		`{"job":"b","color":"blue","shift":1,"at":22},{"job":"b","color":"blue","shift":1,"at":23}],` +
		`"doubled":["b"],"shifts":[{"color":"blue","version":"v4","started":10,"stopped":0}]}` + "\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

func TestAnEmptyDatabaseDumpsEmptyLists(t *testing.T) {
	var out strings.Builder
	if err := dump(fresh(t, "v1"), &out); err != nil {
		t.Fatal(err)
	}
	if want := `{"orders":[],"jobs":0,"executions":[],"doubled":[],"shifts":[]}` + "\n"; out.String() != want {
		t.Errorf("got %s", out.String())
	}
}
