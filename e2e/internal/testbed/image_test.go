package testbed

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheArchiveHoldsTheBinaryAndTheFoldersWithTheirOwner(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "b")
	if err := os.WriteFile(binary, []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	made := image{binary: binary, path: "/usr/bin/b", folders: []string{"/etc/b", "/var"}, owner: 7}
	if err := made.archive(&out); err != nil {
		t.Fatal(err)
	}
	var folders []string
	files := 0
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
			folders = append(folders, fmt.Sprintf("%s %d:%d", h.Name, h.Uid, h.Gid))
		case tar.TypeReg:
			files++
			content, _ := io.ReadAll(in)
			if h.Name != "usr/bin/b" || h.Mode != 0o755 || string(content) != "program" {
				t.Errorf("%s, mode %o, holds %q", h.Name, h.Mode, content)
			}
		}
	}
	want := []string{"etc/ 0:0", "etc/b/ 7:7", "usr/ 0:0", "usr/bin/ 0:0", "var/ 7:7"}
	if diff := cmp.Diff(want, folders); diff != "" || files != 1 {
		t.Errorf("%d files; folders: %s", files, diff)
	}
}
