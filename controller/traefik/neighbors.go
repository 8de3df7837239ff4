package traefik

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxNeighbors bounds how many files of the folder are looked at.
const maxNeighbors = 1000

// Neighbors is what the other files of the folder say.
type Neighbors struct {
	// DefaultCertificate: one of them seems to set the default certificate,
	// so bg must leave its own out. In doubt it is true, which costs no more
	// than slower reloads.
	DefaultCertificate bool
	// Broken names the files that do not parse, each with the reason:
	// Traefik takes no file of the folder over as long as there is one.
	Broken []string
}

// glance is what one file said when it was of that size and time.
type glance struct {
	size               int64
	modified           time.Time
	defaultCertificate bool
	broken             string // "" if it parses
}

// Neighbors looks at the files that Traefik reads from the folder besides
// bg's own; those that did not change since the last call are not read again.
// TOML and files with template markers are searched for a default
// certificate, but not parsed.
func (p *Publisher) Neighbors() (Neighbors, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var n Neighbors
	seen := make(map[string]glance)
	root := p.dir + string(filepath.Separator) // which may be a link to the folder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != root {
				return nil // gone since it was listed
			}
			return err
		}
		if !readByTraefik(path) || path == p.Path() || d.IsDir() {
			return nil
		}
		if len(seen) == maxNeighbors {
			return fmt.Errorf("it holds more than %d files", maxNeighbors)
		}
		g, there := look(path, p.seen[path])
		if !there {
			return nil
		}
		seen[path] = g
		n.DefaultCertificate = n.DefaultCertificate || g.defaultCertificate
		if g.broken != "" {
			name, err := filepath.Rel(p.dir, path)
			if err != nil {
				return err
			}
			n.Broken = append(n.Broken, name+": "+g.broken)
		}
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("look through Traefik's folder %s: %w", p.dir, err)
	}
	p.seen = seen
	return n, nil
}

// look judges one file, unless it is what it was; there is false if it has
// gone since it was listed.
func look(path string, last glance) (g glance, there bool) {
	info, err := os.Stat(path)
	if err == nil {
		g.size, g.modified = info.Size(), info.ModTime()
		if !g.modified.IsZero() && g.size == last.size && g.modified.Equal(last.modified) {
			return last, true
		}
	}
	data, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err != nil {
			return g, false // while a dangling link stays, and is an error to Traefik
		}
	}
	if err != nil {
		g.modified, g.defaultCertificate = time.Time{}, true
		if !errors.Is(err, fs.ErrPermission) { // where Traefik perhaps may
			g.broken = err.Error()
		}
		return g, true
	}
	g.defaultCertificate = setsDefaultCertificate(data)
	if !strings.EqualFold(filepath.Ext(path), ".toml") && !bytes.Contains(data, []byte("{{")) {
		if err := parse(data); err != nil {
			g.broken = cut(err.Error())
		}
	}
	return g, true
}

// parse reads YAML the way Traefik does.
func parse(data []byte) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	return yaml.Unmarshal(data, &map[string]any{})
}

// readByTraefik reports whether the file provider reads a file of that name.
func readByTraefik(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yml", ".yaml", ".toml":
		return true
	}
	return false
}

// setsDefaultCertificate reports whether the text seems to define the store
// "default".
func setsDefaultCertificate(data []byte) bool {
	text := bytes.ToLower(data)
	return bytes.Contains(text, []byte("defaultcertificate")) ||
		bytes.Contains(text, []byte("defaultgeneratedcert")) ||
		bytes.Contains(text, []byte("stores")) && bytes.Contains(text, []byte("default"))
}
