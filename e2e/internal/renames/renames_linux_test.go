package renames

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestARenameIsSeenAndAWriteIsNot(t *testing.T) {
	folder := t.TempDir()
	w, err := Of(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	before, elsewhere := time.Now(), filepath.Join(t.TempDir(), "new")
	for _, path := range []string{filepath.Join(folder, "written"), elsewhere} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !w.Last().IsZero() {
		t.Error("a write counts as a rename")
	}
	if err := os.Rename(elsewhere, filepath.Join(folder, "new")); err != nil {
		t.Fatal(err)
	}
	at, err := w.After(t.Context(), before)
	if err != nil || !at.Equal(w.Last()) {
		t.Errorf("seen at %s (%v), the last one at %s", at, err, w.Last())
	}
	none, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := w.After(none, at); err == nil {
		t.Error("it was seen twice")
	}
}
