package testbed

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestTheArchiveHoldsTheBinaryExecutableAndItsFolders(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "b")
	if err := os.WriteFile(binary, []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (image{binary: binary, path: "/usr/bin/b"}).archive(&out); err != nil {
		t.Fatal(err)
	}
	var folders, files int
	in := tar.NewReader(&out)
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			folders++
		case tar.TypeReg:
			files++
			content, _ := io.ReadAll(in)
			if h.Name != "usr/bin/b" || h.Mode != 0o755 || string(content) != "program" {
				t.Errorf("%s, mode %o, holds %q", h.Name, h.Mode, content)
			}
		}
	}
	if folders != 2 || files != 1 {
		t.Errorf("%d folders and %d files, want 2 and 1", folders, files)
	}
}
