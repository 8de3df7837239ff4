package traefik

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"bg/controller/internal/durable"
	"bg/controller/internal/failpoint"
)

const (
	fileName = "bg.yml"
	// stageName is a folder of its own for temporary files: written beside
	// bg.yml they would wake Traefik, whose throttle the real change then
	// waits for.
	stageName = ".bg"
	// maxFile bounds what is read back, in bytes.
	maxFile = 64 << 20
)

// Publisher puts the file where Traefik reads it. Its methods may run at
// once, except for Publish, Hold and Held, which one goroutine at a time may
// call.
type Publisher struct {
	dir    string
	writer durable.Writer
	lock   *os.File // nil unless it is held
	fenced bool     // another one took the lock's place

	mu   sync.Mutex
	seen map[string]glance // by path, of Neighbors' last look
}

// NewPublisher returns a Publisher for the folder that Traefik's file
// provider watches. The folder must exist: a Traefik that started without it
// never looks again.
func NewPublisher(dir string) (*Publisher, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %s of Traefik's file provider: %w: make it, mount it into both containers and restart Traefik", dir, err)
	}
	p := &Publisher{dir: dir, writer: durable.Writer{Fault: failpoint.Reach}}
	return p, p.makeStage()
}

// Path returns the path of the file.
func (p *Publisher) Path() string { return filepath.Join(p.dir, fileName) }

func (p *Publisher) stage() string { return filepath.Join(p.dir, stageName) }

// makeStage makes the stage if it is missing. Traefik reads folders in the
// folder too and gives up on all files at one that it may not list, so
// everybody may.
func (p *Publisher) makeStage() error {
	if err := os.Mkdir(p.stage(), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder for temporary files: %w", err)
	}
	info, err := os.Lstat(p.stage())
	if err == nil && info.IsDir() && info.Mode().Perm() != 0o755 {
		err = os.Chmod(p.stage(), 0o755) // Mkdir's is cut by the umask
	}
	if err != nil {
		return fmt.Errorf("open the folder for temporary files to all: %w", err)
	}
	return nil // durable refuses what is no folder
}

// Publish replaces the file. Traefik sees the old content or the new, never
// a part; after an error, the old one. Where another controller has taken
// over since Hold, the error wraps ErrHeld and nothing is written.
//
// Everybody may read the file, as Traefik often runs as another user: it
// holds nothing secret but the key of the default certificate, which is
// self-signed and vouches for nothing.
func (p *Publisher) Publish(data []byte) error {
	if p.lock != nil {
		if err := p.Held(); err != nil {
			return fmt.Errorf("publish the routing: %w", err)
		}
	}
	err := p.writer.Write(p.Path(), p.stage(), data, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody tidied the stage away.
		if err := p.makeStage(); err != nil {
			return fmt.Errorf("publish the routing: %w", err)
		}
		err = p.writer.Write(p.Path(), p.stage(), data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("publish the routing: %w", err)
	}
	return nil
}

// Current returns what the file holds now, nil if there is none.
func (p *Publisher) Current() ([]byte, error) {
	data, err := readBounded(p.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the published routing: %w", err)
	}
	return data, nil
}

// readBounded reads a regular file of at most maxFile bytes.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a pipe would hang the read
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return data, nil
}
