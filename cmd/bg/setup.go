package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// setup changes files of the user's, or only says how, a line for each.
type setup struct {
	out   io.Writer
	dry   bool
	force bool // also replace what is not bg's
}

// said prints what is done and reports whether it shall be.
func (s setup) said(format string, args ...any) bool {
	prefix := ""
	if s.dry {
		prefix = "would have "
	}
	fmt.Fprintf(s.out, prefix+format+"\n", args...)
	return !s.dry
}

// plugin puts the program at own to path.
func (s setup) plugin(own, path string, link bool) error {
	if same(own, path) {
		fmt.Fprintf(s.out, "docker bg is this program already: %s\n", path)
		return nil
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("look at the plugin: %w", err)
	case !s.force && (info.IsDir() || !isBG(path)):
		return fmt.Errorf("%s is not bg's: move it away, or replace it with --force", path)
	}
	if link {
		if !s.said("linked %s to %s", path, own) {
			return nil
		}
		return replace(path, func(temp string) error { return os.Symlink(own, temp) })
	}
	if !s.said("copied this program to %s", path) {
		return nil
	}
	return replace(path, func(temp string) error { return copyFile(own, temp) })
}

// removePlugin takes the plugin away if it is bg's.
func (s setup) removePlugin(path string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(s.out, "there is no %s\n", path)
		return nil
	}
	if !s.force && !isBG(path) {
		return fmt.Errorf("%s is not bg's: left alone", path)
	}
	if !s.said("removed %s", path) {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove the plugin: %w", err)
	}
	return nil
}

// same reports whether both paths lead to one file, or to equal ones.
func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil {
		return false
	}
	if os.SameFile(x, y) {
		return true
	}
	if x.Size() != y.Size() || y.Mode().Perm()&0o100 == 0 {
		return false
	}
	p, errX := os.ReadFile(a)
	q, errY := os.ReadFile(b)
	return errX == nil && errY == nil && bytes.Equal(p, q)
}

// isBG reports whether the file is a build of this program, without running
// it, or a link that leads nowhere.
func isBG(path string) bool {
	info, err := buildinfo.ReadFile(path)
	if err == nil {
		return info.Main.Path == "bg" && strings.HasPrefix(info.Path, "bg/cmd/bg")
	}
	target, linkErr := os.Readlink(path)
	return errors.Is(err, fs.ErrNotExist) && linkErr == nil && filepath.IsAbs(target)
}

// replace puts what put makes at a temporary path to path, in one step, so
// that nobody sees half a file and a running program is not written to.
func replace(path string, put func(temp string) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	holder, err := os.MkdirTemp(dir, ".bg-")
	if err != nil {
		return fmt.Errorf("make temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(holder) }()
	temp := filepath.Join(holder, filepath.Base(path))
	if err := put(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("replace: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}
