package testbed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// linkDockerConfig makes our DOCKER_CONFIG folder show all that the user's
// shows: contexts with their certificates, credentials, plugins. Setting
// DOCKER_CONFIG alone would silently fall back to the local engine for somebody
// who works through a context. Entries are links, so nothing is copied; links to
// what the user has removed go, and files of our own stay.
func (t *Testbed) linkDockerConfig() error {
	theirs := os.Getenv("DOCKER_CONFIG")
	if theirs == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("find the Docker configuration: %w", err)
		}
		theirs = filepath.Join(home, ".docker")
	}
	if theirs, err := filepath.Abs(theirs); err != nil || theirs == t.DockerConfig {
		return err
	}
	if err := linkEntries(theirs, t.DockerConfig, "cli-plugins"); err != nil {
		return err
	}
	return linkEntries(filepath.Join(theirs, "cli-plugins"), filepath.Join(t.DockerConfig, "cli-plugins"), "")
}

// linkEntries links every entry of from, but the one named except, into to.
func linkEntries(from, to, except string) error {
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the Docker configuration: %w", err)
	}
	present := map[string]bool{}
	for _, e := range entries {
		present[e.Name()] = e.Name() != except
	}
	ours, err := os.ReadDir(to)
	if err != nil {
		return fmt.Errorf("read our Docker configuration: %w", err)
	}
	for _, e := range ours {
		path := filepath.Join(to, e.Name())
		target, err := os.Readlink(path)
		switch {
		case err != nil:
			present[e.Name()] = false // not a link: our own, and it goes first
		case target == filepath.Join(from, e.Name()) && present[e.Name()]:
			present[e.Name()] = false
		default:
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("renew our Docker configuration: %w", err)
			}
		}
	}
	for name, missing := range present {
		if !missing {
			continue
		}
		if err := os.Symlink(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return fmt.Errorf("renew our Docker configuration: %w", err)
		}
	}
	return nil
}
