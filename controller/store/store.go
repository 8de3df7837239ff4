// Package store keeps what must survive a restart of the controller: the
// state of all apps, the history, and a few small values. Its file is also
// the lock that keeps a second controller out.
//
// Invariants: a save is one transaction, whole or not at all; what is loaded
// is checked as hostile input; a file that is damaged or of a newer version
// is refused and never written; an older one is copied before it is migrated,
// in one transaction. It must not import other edges.
package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"crypto/rand"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked means that another controller holds the state.
var ErrLocked = errors.New("another controller is using this state")

const (
	lockTimeout = time.Second           // for another controller to go
	lockPause   = 50 * time.Millisecond // between two tries
)

// The buckets.
var (
	bucketMeta    = []byte("meta")    // version, generation, confirmed
	bucketApps    = []byte("apps")    // name -> JSON of rollout.App
	bucketHistory = []byte("history") // sequence number -> JSON of rollout.Event
	bucketBlobs   = []byte("blobs")   // key -> bytes
)

// Store is the open state file. It may be used by many goroutines at once.
type Store struct {
	path     string
	db       *bbolt.DB
	migrated *Migration
}

// Open opens the state file at path, makes it (mode 0600) if there is none,
// and takes the lock. It waits up to 1 s for the lock, then returns an error
// that wraps ErrLocked. A file of an older version is migrated: see Migrated.
func Open(path string) (*Store, error) { return openAs(path, today()) }

func openAs(path string, now layout) (*Store, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := create(path, now.version); err != nil {
			return nil, fmt.Errorf("create the state file %s: %w", path, err)
		}
	case err != nil:
		return nil, fmt.Errorf("open the state file: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("the state file %s is not a regular file: remove it or name another", path)
	case info.Size() == 0:
		// create never leaves an empty file, and to fill one would forget all.
		return nil, damaged(path, errors.New("it is empty"))
	}
	db, err := open(path, lockTimeout)
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w (%s): stop it first, or give this one a folder of its own", ErrLocked, path)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("open the state file: %w", err)
	}
	if err != nil {
		return nil, damaged(path, err)
	}
	s := &Store{path: path, db: db}
	if err := s.bring(now); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Close gives the lock back.
func (s *Store) Close() error {
	return s.guard(func() error { return s.db.Close() })
}

// open opens a file that exists. A page that bbolt cannot make sense of
// comes back as an error; the file descriptor, and with it the lock, is
// given back.
func open(path string, timeout time.Duration) (db *bbolt.DB, err error) {
	var file *os.File
	options := &bbolt.Options{
		Timeout:      timeout,
		FreelistType: bbolt.FreelistMapType,
		// The free list is written with every commit: the alternative scans
		// all pages at Open, in a goroutine of bbolt's own, whose panic on a
		// damaged file nobody could recover from.
		NoFreelistSync: false,
		NoStatistics:   true,
		OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, perm)
			if err != nil {
				return nil, err
			}
			file = f
			return f, prove(f, timeout)
		},
	}
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, options)
		return err
	})
	if err != nil && file != nil {
		_ = file.Close()
	}
	return db, err
}

// prove takes the lock of a file, which bbolt then finds held by itself, and
// checks its pages before bbolt follows them. A file without content is one
// that bbolt makes.
func prove(f *os.File, timeout time.Duration) error {
	for end := time.Now().Add(timeout); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("lock it: %w", err)
		}
		if time.Now().After(end) {
			return berrors.ErrTimeout
		}
		time.Sleep(lockPause)
	}
	if info, err := f.Stat(); err != nil || info.Size() == 0 {
		return err
	}
	return checkPages(f)
}

// create makes an empty store under another name and links it to path, so
// that a crash leaves a whole file or none.
func create(path string, version int) error {
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text())
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := f.Close(); err != nil {
		return err
	}
	db, err := open(temp, lockTimeout)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketApps, bucketHistory, bucketBlobs} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keyVersion, strconv.AppendInt(nil, int64(version), 10))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// Another controller that was as fast keeps its file.
	if err := os.Link(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// whole refuses files that this version can't keep whole.
func (s *Store) whole(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketMeta, bucketApps, bucketHistory, bucketBlobs} {
		if tx.Bucket(name) == nil {
			return damaged(s.path, fmt.Errorf("it has no part %q", name))
		}
	}
	return nil
}

// guard runs do and turns what a damaged page makes bbolt do into an error
// that names the file.
func (s *Store) guard(do func() error) error {
	err := guard(do)
	var p *panicError
	if errors.As(err, &p) {
		return damaged(s.path, err)
	}
	return err
}

// guard runs do. bbolt panics on pages that make no sense, and reading a
// file that was cut short is a memory fault; both come back as an error.
func guard(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v}
		}
	}()
	return do()
}

// panicError is what bbolt panicked with.
type panicError struct{ value any }

func (p *panicError) Error() string {
	text, _, _ := strings.Cut(fmt.Sprint(p.value), "\n")
	return fmt.Sprintf("%.200s", text)
}

// damaged says what to do about a file that cannot be trusted.
func damaged(path string, err error) error {
	return fmt.Errorf("the state file %s is damaged (%w): nothing was written and the routes stay; put a copy of it back, or move it away to start anew", path, err)
}

// number and its reverse give keys that sort like the numbers.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func parseNumber(b []byte) (uint64, error) {
	if len(b) != 8 {
		return 0, fmt.Errorf("a number of %d bytes", len(b))
	}
	return binary.BigEndian.Uint64(b), nil
}
