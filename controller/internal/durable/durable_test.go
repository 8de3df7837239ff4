package durable

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var points = []string{Create, Fill, Sync, Close, Rename, SyncDir}

// place is a folder with a file in it and a stage beside it.
func place(t *testing.T) (path, stage string) {
	t.Helper()
	dir := t.TempDir()
	path, stage = filepath.Join(dir, "file"), filepath.Join(dir, "stage")
	if err := os.Mkdir(stage, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, stage
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func litter(t *testing.T, stage string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(stage)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestWriteReplacesTheContentAndTheMode(t *testing.T) {
	path, stage := place(t)
	defer syscall.Umask(syscall.Umask(0o077))
	if err := Write(path, stage, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "new" || info.Mode() != 0o644 || len(litter(t, stage)) != 0 {
		t.Errorf("got %q with mode %v, left %v", got, info.Mode(), litter(t, stage))
	}
}

func TestAFailureAtAnyPointLeavesAWholeFileAndNoLitter(t *testing.T) {
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			path, stage := place(t)
			broken := errors.New("no space left")
			var passed []string
			w := Writer{Fault: func(p string) error {
				passed = append(passed, p)
				if p == point {
					return broken
				}
				return nil
			}}
			if err := w.Write(path, stage, []byte("new"), 0o600); !errors.Is(err, broken) {
				t.Fatalf("got %v", err)
			}
			if want := points[:slices.Index(points, point)+1]; !slices.Equal(passed, want) {
				t.Errorf("passed %v, want %v", passed, want)
			}
			want := "old"
			if point == SyncDir {
				want = "new"
			}
			if got := content(t, path); got != want || len(litter(t, stage)) != 0 {
				t.Errorf("the file holds %q, want %q; left %v", got, want, litter(t, stage))
			}
		})
	}
}

func TestAKillAtAnyPointLeavesAWholeFileAndWhatCleanRemoves(t *testing.T) {
	if point := os.Getenv("DURABLE_KILL"); point != "" {
		w := Writer{Fault: func(p string) error {
			if p == point {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
			return nil
		}}
		_ = w.Write(os.Getenv("DURABLE_PATH"), os.Getenv("DURABLE_STAGE"), []byte("new"), 0o600)
		os.Exit(0)
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			path, stage := place(t)
			cmd := exec.Command(os.Args[0], "-test.run=^TestAKillAtAnyPoint")
			cmd.Env = append(os.Environ(), "DURABLE_KILL="+point, "DURABLE_PATH="+path, "DURABLE_STAGE="+stage)
			var killed *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &killed) || killed.Exited() {
				t.Fatalf("it was not killed: %v", err)
			}
			want, left := "old", 1
			switch point {
			case Create:
				left = 0
			case SyncDir:
				want, left = "new", 0
			}
			if got := content(t, path); got != want || len(litter(t, stage)) != left {
				t.Errorf("the file holds %q, want %q; left %v", got, want, litter(t, stage))
			}
			if err := Clean(stage); err != nil || len(litter(t, stage)) != 0 {
				t.Errorf("Clean: %v, left %v", err, litter(t, stage))
			}
		})
	}
}

func TestCleanTouchesNothingElse(t *testing.T) {
	_, stage := place(t)
	for _, name := range []string{"mine", "a" + ending} {
		if err := os.WriteFile(filepath.Join(stage, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(stage, "folder"+ending), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Clean(stage); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range litter(t, stage) {
		names = append(names, e.Name())
	}
	if want := []string{"folder" + ending, "mine"}; !slices.Equal(names, want) {
		t.Errorf("left %v, want %v", names, want)
	}
	if err := Clean(filepath.Join(stage, "missing")); err != nil {
		t.Errorf("a missing folder: %v", err)
	}
}

// Attack 7 of the bar: symlink in the output folder: not followed.
func TestASymlinkAtThePathIsReplacedNotFollowed(t *testing.T) {
	path, stage := place(t)
	target := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, stage, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.Mode().IsRegular() || content(t, path) != "new" || content(t, target) != "theirs" {
		t.Errorf("the link is now %v; the target holds %q", info.Mode(), content(t, target))
	}
}

// Attack 7 of the bar: symlink in the output folder: not followed.
func TestAStageThatIsNoFolderIsRefused(t *testing.T) {
	path, stage := place(t)
	link := stage + "-link"
	if err := os.Symlink(stage, link); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{"symlink": link, "file": path} {
		err := Write(path, s, []byte("new"), 0o600)
		if err == nil || !strings.Contains(err.Error(), "not a "+name) {
			t.Errorf("%s: got %v", name, err)
		}
		if Clean(s) == nil {
			t.Errorf("%s: Clean took it", name)
		}
	}
	if content(t, path) != "old" {
		t.Error("the file was changed")
	}
}
