package unixsocket

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestListenMakesASocketOfTheModeInAFolderOfItsOwner(t *testing.T) {
	for _, mode := range []os.FileMode{0o600, 0o660} {
		made(t, mode)
	}
}

func made(t *testing.T, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(socketDir(t), "run", "bg.sock")
	l, err := Listen(path, mode)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != mode {
		t.Errorf("got %v, %v", info, err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: got %v, %v", info, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

// Attack 27 of the bar: socket in a folder others can write: refuses to start.
func TestListenRefusesAFolderThatOthersCanWriteTo(t *testing.T) {
	for _, mode := range []os.FileMode{0o777, 0o775, 0o777 | os.ModeSticky} {
		dir := socketDir(t)
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		refused(t, filepath.Join(dir, "bg.sock"), "chmod go-w "+dir)
		inner := filepath.Join(dir, "inner")
		if err := os.Mkdir(inner, 0o700); err != nil {
			t.Fatal(err)
		}
		if mode&os.ModeSticky == 0 { // the outer folder lets others swap the inner one
			refused(t, filepath.Join(inner, "bg.sock"), "chmod go-w "+dir)
		}
	}
}

// Attack 27 of the bar: socket in a folder others can write: refuses to start.
func TestListenRefusesAForeignFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := socketDir(t)
	if err := os.Chown(dir, 12345, -1); err != nil {
		t.Fatal(err)
	}
	refused(t, filepath.Join(dir, "bg.sock"), "belongs to user 12345")
}

func TestListenReplacesOnlyASocketThatNobodyAnswers(t *testing.T) {
	path := filepath.Join(socketDir(t), "bg.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	refused(t, path, "another process answers")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Listen(path, 0o600)
	if err != nil {
		t.Fatalf("a stale socket: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, path, "no socket")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere", path); err != nil {
		t.Fatal(err)
	}
	refused(t, path, "no socket")
}

func refused(t *testing.T, path, want string) {
	t.Helper()
	l, err := Listen(path, 0o600)
	if err == nil {
		_ = l.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want an error with %q", path, err, want)
	}
}

// socketDir is a folder with a short path, since those of sockets are limited.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
