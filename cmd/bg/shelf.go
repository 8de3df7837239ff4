package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bg/controller/api"
	"bg/labels"
)

// keptReleases is how many releases of an app keep their files and images.
const keptReleases = 5

// shelf is the folder in which the files of an app's releases are kept, each
// in a folder by its ID: project.yaml, to release it again; blue.yaml or
// green.yaml, what ran; live, empty, if it got all users. Environment values
// are among them, so nobody else may read them.
type shelf struct{ dir string }

// openShelf returns the shelf of an app, which need not be there.
func openShelf(app string) shelf {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return shelf{}
		}
		state = filepath.Join(home, ".local", "state")
	}
	return shelf{dir: filepath.Join(state, "bg", app)}
}

// path returns the path of a release's file.
func (s shelf) path(id, file string) string { return filepath.Join(s.dir, id, file) }

// rendered is the path of what Compose runs.
func (s shelf) rendered(id string, color labels.Color) string {
	return s.path(id, string(color)+".yaml")
}

// releases lists the IDs of the releases that can be released again, oldest
// first.
func (s shelf) releases() []string {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil
	}
	var ids []string
	for _, e := range entries {
		if _, err := os.Stat(s.path(e.Name(), "project.yaml")); err == nil && api.ValidRelease(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		if d := serial(a) - serial(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return ids
}

// find returns the release that a person names by its ID or its serial.
func (s shelf) find(name string) (string, error) {
	all := s.releases()
	var found []string
	for _, id := range all {
		if id == name || strings.HasPrefix(id, name+"-") {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", usagef("release %q could be any of %s: give the whole ID", name, strings.Join(found, ", "))
	case len(all) == 0:
		return "", fmt.Errorf("no release is kept in %s: bg rollback --to works on the machine that bg deploy ran on", s.dir)
	}
	return "", fmt.Errorf("release %q is not kept in %s; there is %s", name, s.dir, list(all))
}

// save writes a release's file in one step, so that whoever is killed here
// leaves the old one or the new one. What is there already stays untouched.
func (s shelf) save(id, file string, data []byte) error {
	if s.dir == "" {
		return errors.New("neither HOME nor XDG_STATE_HOME is set: set one, for the files of the release")
	}
	path := s.path(id, file)
	if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep release %s: %w", id, err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-") // of mode 0600
	if err != nil {
		return fmt.Errorf("keep release %s: %w", id, err)
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return fmt.Errorf("keep release %s: %w", id, err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// load returns the project.yaml of a release.
func (s shelf) load(id string) ([]byte, error) {
	data, err := os.ReadFile(s.path(id, "project.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the kept release: %w", err)
	}
	return data, nil
}

// markLive notes that the release got all users. One that is not kept here
// is none of this machine's.
func (s shelf) markLive(id string) {
	if _, err := os.Stat(s.path(id, "project.yaml")); err == nil {
		_ = s.save(id, "live", nil)
	}
}

// expired lists the releases whose time is over: all but the last five, and
// the last two that were live, which are those that may have users.
func (s shelf) expired() []string {
	all := s.releases()
	old := all[:max(0, len(all)-keptReleases)]
	live := slices.DeleteFunc(slices.Clone(all), func(id string) bool {
		_, err := os.Stat(s.path(id, "live"))
		return err != nil
	})
	live = live[max(0, len(live)-2):]
	return slices.DeleteFunc(slices.Clone(old), func(id string) bool { return slices.Contains(live, id) })
}

// drop removes the files of a release.
func (s shelf) drop(id string) error {
	if err := os.RemoveAll(filepath.Join(s.dir, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove old release: %w", err)
	}
	return nil
}

// serial returns the number that a release's ID begins with; 0 if it has none.
func serial(id string) int {
	digits, _, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
