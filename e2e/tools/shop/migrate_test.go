package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestMigrationsAreDoneOnceAndSaySo(t *testing.T) {
	path := file(t)
	for _, c := range []struct {
		version, expand, contract string
	}{
		{"v1", "made the tables", ""},
		{"v2", "", ""},
		{"v4", "added column full_name to orders", ""},
		{"v5", "", ""},
		{"v8", "", "dropped column name from orders"},
		{"v9", "", ""},
	} {
		s := as(t, path, c.version)
		for _, again := range []bool{false, true} {
			expanded, err := s.expand()
			if err != nil {
				t.Fatal(err)
			}
			contracted, err := s.contract()
			if err != nil {
				t.Fatal(err)
			}
			want := [2]string{c.expand, c.contract}
			if again {
				want = [2]string{}
			}
			if got := [2]string{strings.Join(expanded, ", "), strings.Join(contracted, ", ")}; got != want {
				t.Errorf("%s, again %t: expand and contract did %q, want %q", c.version, again, got, want)
			}
		}
	}
}

// Each version shares the database with the one before it: at first alone with
// the old one, then beside it once its own expand ran.
func TestVersionsThatFollowEachOtherReadWhatTheOtherWrites(t *testing.T) {
	path := file(t)
	var ids []string
	for n := 1; n <= 10; n++ {
		running := []string{fmt.Sprintf("v%d", n)}
		if n > 1 {
			running = slices.Insert(running, 0, fmt.Sprintf("v%d", n-1))
		}
		next := as(t, path, running[len(running)-1])
		if _, err := next.expand(); err != nil {
			t.Fatal(err)
		}
		for _, writer := range running {
			id := fmt.Sprintf("%s beside v%d", writer, n)
			ids = append(ids, id)
			if err := as(t, path, writer).addOrder(order{id, "name of " + id, "blue", writer}); err != nil {
				t.Fatal(err)
			}
		}
		for _, reader := range running {
			for _, id := range ids {
				if o, found, err := as(t, path, reader).order(id); !found || err != nil || o.Name != "name of "+id {
					t.Errorf("v%d: %s reads %q of order %q, found %t, error %v", n, reader, o.Name, id, found, err)
				}
			}
		}
		if _, err := next.contract(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAVersionWhoseColumnIsGoneIsToldByExpand(t *testing.T) {
	path := file(t)
	s := as(t, path, "v8")
	if _, err := s.expand(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.contract(); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"v3", "v7"} {
		if done, err := as(t, path, version).expand(); err == nil || len(done) > 0 {
			t.Errorf("%s: did %q without an error", version, done)
		}
	}
}

func TestContractBeforeItsTimeChangesNothing(t *testing.T) {
	s := fresh(t, "v7")
	if done, err := s.contract(); err != nil || len(done) > 0 {
		t.Errorf("did %q, error %v", done, err)
	}
}
