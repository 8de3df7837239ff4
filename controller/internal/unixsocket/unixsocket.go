// Package unixsocket opens unix sockets that nobody but those meant can use
// or put their own in the place of. It imports nothing else of this module.
package unixsocket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Listen opens a unix socket at path with the given mode. The folder is made,
// for its owner alone, if it is missing. It refuses a folder that other users
// can write to, because they could put their own socket there; a path that
// is something else; and a socket behind which somebody still answers. A
// socket that nobody answers is replaced. Closing the listener removes it.
func Listen(path string, mode fs.FileMode) (net.Listener, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("socket %s: make its folder: %w", path, err)
	}
	if err := checkFolder(dir); err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, err)
	}
	if err := removeStale(path); err != nil {
		return nil, fmt.Errorf("socket %s: %w", path, err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, fmt.Errorf("socket: %w", errors.Join(err, l.Close()))
	}
	return l, nil
}

// checkFolder reports whether a user other than ours and root can put or
// swap something in dir or in one of the folders above it.
func checkFolder(dir string) error {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		// In a sticky folder, such as /tmp, others can't swap what is ours.
		sticky := at != dir && info.Mode()&fs.ModeSticky != 0
		if info.Mode().Perm()&0o022 != 0 && !sticky {
			return fmt.Errorf("other users can write to the folder %s (mode %04o): run chmod go-w %s or choose another folder",
				at, info.Mode().Perm(), at)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
			return fmt.Errorf("the folder %s belongs to user %d: choose one of your own", at, stat.Uid)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// removeStale makes room at path if what is there is a socket without a
// process behind it.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("something that is no socket is there: move it away or choose another path")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = c.Close()
		return errors.New("another process answers there: stop it first")
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("find out whether somebody answers there: %w", err)
	}
	return os.Remove(path)
}
