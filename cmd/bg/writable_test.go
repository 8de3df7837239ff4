package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The test runs itself again as another user.
func TestAFolderOfAnotherUserIsNamedWithTheFix(t *testing.T) {
	if folder := os.Getenv("BG_TEST_FOLDER"); folder != "" {
		if err := writable(folder, "none"); err != nil {
			t.Errorf("its own folder: %v", err)
		}
		for _, place := range []string{"bg.db", "sub"} {
			err := writable(folder, "none", place)
			for _, want := range []string{filepath.Join(folder, place), "chown -R 65532:65532 /v", "-v VOLUME:/v"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v, without %q", place, err, want)
				}
			}
		}
		if err := writable(filepath.Join(folder, "sub")); err == nil {
			t.Error("root's folder is taken for its own")
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	folder := filepath.Join(t.TempDir(), "state")
	own, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(filepath.Dir(folder), "test")
	for _, err := range []error{
		os.Mkdir(folder, 0o755), os.Mkdir(filepath.Join(folder, "sub"), 0o755), os.WriteFile(filepath.Join(folder, "bg.db"), nil, 0o600),
		os.Chown(folder, 65532, 65532), os.WriteFile(binary, own, 0o755),
		os.Chmod(filepath.Dir(folder), 0o755), os.Chmod(filepath.Dir(filepath.Dir(folder)), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary, "-test.run=^TestAFolderOfAnotherUserIsNamedWithTheFix$")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "BG_TEST_FOLDER="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
