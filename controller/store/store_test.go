package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"bg/controller/rollout"
)

func open1(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }

func TestANewFileIsForItsOwnerOnlyAndLeavesNoLitter(t *testing.T) {
	path := statePath(t)
	open1(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 || len(entries) != 1 {
		t.Errorf("mode %v, files %v", info.Mode(), entries)
	}
}

func TestASecondControllerIsRefusedUntilTheFirstIsGone(t *testing.T) {
	path := statePath(t)
	first := open1(t, path)
	if _, err := Open(path); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Fatalf("got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open1(t, path)
}

// Fault 34 of the bar: state file corrupt or from a newer version: refuses to
// write, routes stay.
func TestAFileOfANewerVersionIsRefusedAndNotTouched(t *testing.T) {
	path := statePath(t)
	s := open1(t, path)
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMeta).Put([]byte("version"), []byte("2"))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, path, "has version 2, this bg knows version 1: run the bg that wrote it")
}

func TestADamagedFileIsRefusedAndNotTouched(t *testing.T) {
	whole := statePath(t)
	s := open1(t, whole)
	if err := errors.Join(s.Save(rollout.State{}, sample(200), events(50)), s.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"other":     func([]byte) []byte { return bytes.Repeat([]byte("no database "), 4000) },
		"cut short": func(b []byte) []byte { return b[:len(b)/3] },
		"one page":  func(b []byte) []byte { return b[:4096] },
		"zeroed": func(b []byte) []byte {
			clear(b[2*4096:])
			return b
		},
		"scribbled": func(b []byte) []byte {
			for i := 2 * 4096; i < len(b); i += 7 {
				b[i] ^= 0x5a
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := statePath(t)
			if err := os.WriteFile(path, spoil(bytes.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, path, "damaged")
		})
	}
}

// refused checks that the file can't be opened and loaded, that the reason
// is given, and that the file stays as it is.
func refused(t *testing.T, path, reason string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err == nil {
		_, err = s.Load()
		_ = s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want something of %q", err, reason)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the file was written")
	}
}

func TestAForeignDatabaseIsRefused(t *testing.T) {
	path := statePath(t)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, path, "no state file of bg")
}

func TestALinkOrAFolderIsNoStateFile(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, link} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "regular file") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestSmallValuesAreKept(t *testing.T) {
	path := statePath(t)
	s := open1(t, path)
	if v, err := s.Get("certificate"); v != nil || err != nil {
		t.Fatalf("got %q, %v", v, err)
	}
	if err := errors.Join(s.Put(map[string][]byte{"certificate": []byte("pem"), "other": []byte("x")}), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open1(t, path)
	if v, err := s.Get("certificate"); string(v) != "pem" || err != nil {
		t.Fatalf("got %q, %v", v, err)
	}
	if s.Put(map[string][]byte{"other": nil, "x": make([]byte, maxBlob+1)}) == nil {
		t.Error("a big value was taken")
	}
	if v, err := s.Get("other"); string(v) != "x" || err != nil {
		t.Errorf("beside a big value %q was removed, %v", v, err)
	}
	if err := s.Put(map[string][]byte{"other": nil}); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Get("other"); v != nil || err != nil {
		t.Errorf("got %q, %v, after it was removed", v, err)
	}
}
