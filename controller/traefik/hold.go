package traefik

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"bg/controller/internal/durable"
)

// ErrHeld means that another controller publishes into the folder.
var ErrHeld = errors.New("another controller publishes into this folder")

// lockName is the file in the stage whose lock is the right to publish. It
// stays there when nobody holds it.
const lockName = "lock"

// Hold makes this process the only one that publishes into the folder, until
// release is called or the process ends; what a crashed write left behind is
// removed. If another one holds it the error wraps ErrHeld.
//
// The kernel keeps the lock, for as long as the process is there: a frozen
// controller keeps others out, and one that was killed does not. The lock is
// that of the folder because the folder is what two controllers would fight
// over; each may have a state of its own.
func (p *Publisher) Hold() (release func(), err error) {
	if p.lock != nil {
		return nil, fmt.Errorf("%s: %w", p.dir, ErrHeld)
	}
	if err := p.acquire(); err != nil {
		return nil, err
	}
	release = func() {
		_ = p.lock.Close()
		p.lock = nil
	}
	if err := durable.Clean(p.stage()); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Held reports, between Hold and release, whether this process still is the
// only one that publishes. A lock that was removed is taken anew. If another
// one is in its place the error wraps ErrHeld, and stays so: whoever took it
// may have come and gone, and what this process knows is of before.
//
// One goroutine at a time may call Hold, Held, Publish and release.
func (p *Publisher) Held() error {
	if p.lock == nil || p.fenced {
		return fmt.Errorf("%s: %w", p.dir, ErrHeld)
	}
	there, err := os.Lstat(filepath.Join(p.stage(), lockName))
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody tidied the stage away, or all of the folder for a moment.
		// A controller that had taken over would have left its own lock.
		old := p.lock
		if err := p.makeStage(); err != nil {
			return err
		}
		if err := p.acquire(); err != nil {
			p.fenced = errors.Is(err, ErrHeld)
			return err
		}
		return old.Close()
	}
	if err != nil {
		return fmt.Errorf("look at the lock of %s: %w", p.dir, err)
	}
	ours, err := p.lock.Stat()
	if err != nil {
		return fmt.Errorf("look at the lock of %s: %w", p.dir, err)
	}
	if !os.SameFile(there, ours) {
		p.fenced = true
		return fmt.Errorf("%s: %w", p.dir, ErrHeld)
	}
	return nil
}

// acquire opens the lock file, which must be one in the stage itself, and
// takes its lock.
func (p *Publisher) acquire() error {
	root, err := durable.OpenStage(p.stage())
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if info, err := root.Lstat(lockName); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s must be a file: remove it", filepath.Join(p.stage(), lockName))
	}
	f, err := root.OpenFile(lockName, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the lock of %s: %w", p.dir, err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = f.Close()
		return fmt.Errorf("%s: %w: only one may, stop the other one first", p.dir, ErrHeld)
	case err != nil:
		_ = f.Close()
		return fmt.Errorf("lock %s: %w: choose a folder whose filesystem knows flock", p.dir, err)
	}
	p.lock = f
	return nil
}
