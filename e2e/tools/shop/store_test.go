package main

import (
	"path/filepath"
	"testing"
)

// file returns the path of a database of the test's own, which isn't there yet.
func file(t *testing.T) string { return filepath.Join(t.TempDir(), "shop.db") }

// as opens the database as a version of the shop does.
func as(t *testing.T, path, version string) *store {
	t.Helper()
	c, err := columnOf(version)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(path, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// fresh returns the database of a shop that begins with that version.
func fresh(t *testing.T, version string) *store {
	t.Helper()
	s := as(t, file(t), version)
	if _, err := s.expand(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACommitIsSeenByOtherProcessesAndIsOnTheDisk(t *testing.T) {
	s := fresh(t, "v1")
	var mode string
	var sync, wait int
	for pragma, into := range map[string]any{"journal_mode": &mode, "synchronous": &sync, "busy_timeout": &wait} {
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	if mode != "wal" || sync != 2 || wait != 10_000 {
		t.Errorf("journal_mode %s, synchronous %d, busy_timeout %d; want wal, 2, 10000", mode, sync, wait)
	}
}
