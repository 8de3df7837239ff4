// Package durable replaces files so that neither a reader nor a crash ever
// sees half of one: write, fsync, rename, fsync the folder.
//
// Its one invariant: at every moment the path holds the old content or the
// new, whole. It imports nothing else of this module.
package durable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The points at which a write can fail, in their order.
const (
	Create  = "create"  // the temporary file
	Fill    = "write"   // its content
	Sync    = "sync"    // the content to the disk
	Close   = "close"   // the temporary file
	Rename  = "rename"  // it over the path
	SyncDir = "syncdir" // the new name to the disk
)

// ending marks the temporary files. It must not be one that Traefik reads.
const ending = ".bg-tmp"

// Writer writes durably. Its zero value is the real thing; tests give it a
// Fault to stop at a point, by an error or for good.
type Writer struct {
	// Fault is called before each point; an error stands for that step's own.
	Fault func(point string) error
}

// Write is Writer.Write of the zero Writer.
func Write(path, stage string, data []byte, perm os.FileMode) error {
	return Writer{}.Write(path, stage, data, perm)
}

// Write replaces path with data, so that a reader or a crash sees the old or
// the new content, whole. stage is the folder for the temporary file, on the
// same filesystem as path; it must be a real folder. A symlink at path is
// replaced, never followed.
//
// After an error path holds the old content, except that it holds the new
// one if only the last step, the folder's fsync, failed; nothing is left in
// stage. After a crash stage may hold a temporary file: see Clean.
func (w Writer) Write(path, stage string, data []byte, perm os.FileMode) error {
	root, err := OpenStage(stage)
	if err != nil {
		return err
	}
	defer root.Close()

	temp := filepath.Base(path) + "." + rand.Text() + ending
	if err := w.fill(root, temp, data, perm); err != nil {
		_ = root.Remove(temp)
		return err
	}
	if err := w.step(Rename, func() error { return os.Rename(filepath.Join(stage, temp), path) }); err != nil {
		_ = root.Remove(temp)
		return fmt.Errorf("replace %s: %w", path, err)
	}
	folder := filepath.Dir(path)
	if err := w.step(SyncDir, func() error { return syncFolder(folder) }); err != nil {
		return fmt.Errorf("sync folder %s: %w", folder, err)
	}
	return nil
}

// fill makes the temporary file with data in it, on the disk.
func (w Writer) fill(root *os.Root, temp string, data []byte, perm os.FileMode) error {
	var f *os.File
	err := w.step(Create, func() (err error) {
		f, err = root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return err
	})
	if err != nil {
		return fmt.Errorf("create a temporary file in %s: %w", root.Name(), err)
	}
	defer f.Close() // a second time after success, which is harmless

	steps := []struct {
		point string
		do    func() error
	}{
		{Fill, func() error {
			if _, err := f.Write(data); err != nil {
				return err
			}
			return f.Chmod(perm) // OpenFile's would be cut by the umask
		}},
		{Sync, f.Sync},
		{Close, f.Close},
	}
	for _, s := range steps {
		if err := w.step(s.point, s.do); err != nil {
			return fmt.Errorf("%s %s: %w", s.point, filepath.Join(root.Name(), temp), err)
		}
	}
	return nil
}

// step does one step, unless the Fault fails it first.
func (w Writer) step(point string, do func() error) error {
	if w.Fault != nil {
		if err := w.Fault(point); err != nil {
			return err
		}
	}
	return do()
}

// Clean removes the temporary files that crashed writes left in stage. No
// Write into it may run at the same time. A stage that does not exist is clean.
func Clean(stage string) error {
	root, err := OpenStage(stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("list %s: %w", stage, err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ending) {
			continue
		}
		if err := root.Remove(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the stale %s: %w", filepath.Join(stage, e.Name()), err)
		}
	}
	return nil
}

// OpenStage opens the folder, after making sure that it is one and no
// symlink that would lead the temporary files elsewhere.
func OpenStage(stage string) (*os.Root, error) {
	before, err := os.Lstat(stage)
	if err != nil {
		return nil, fmt.Errorf("open the folder for temporary files: %w", err)
	}
	if !before.IsDir() {
		return nil, fmt.Errorf("%s must be a folder, not a %s: remove it", stage, kind(before.Mode()))
	}
	root, err := os.OpenRoot(stage)
	if err != nil {
		return nil, fmt.Errorf("open the folder for temporary files: %w", err)
	}
	after, err := root.Stat(".")
	if err == nil && !os.SameFile(before, after) {
		err = fmt.Errorf("%s was replaced while it was opened", stage)
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return root, nil
}

// kind names what stands where a folder should.
func kind(m os.FileMode) string {
	switch {
	case m&os.ModeSymlink != 0:
		return "symlink"
	case m.IsRegular():
		return "file"
	}
	return "special file"
}

// syncFolder brings the names in the folder to the disk.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some network filesystems know no fsync of folders and say EINVAL.
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
