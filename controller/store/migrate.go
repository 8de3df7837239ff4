package store

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"go.etcd.io/bbolt"

	"bg/controller/internal/durable"
)

const (
	// maxCopies is how many copies of older versions are kept, the newest.
	maxCopies = 3
	// maxCopied bounds the file that is migrated, in bytes: the copy goes
	// through the memory. 1,000 apps with a full history take 20 MB.
	maxCopied = 512 << 20
)

// layout is a version of the file, and the way there.
type layout struct {
	version int
	// steps leads from a version to the next one. A step sees the file as the
	// step before left it; it must not depend on the types of other packages,
	// which change.
	steps map[int]func(tx *bbolt.Tx) error
	// fault is called before each point of a migration: those of durable,
	// then "migrate", "commit" and "prune". An error stops there. For tests.
	fault func(point string) error
}

// today is the version that this bg writes. What is merely added, such as a
// new member of an app or a new blob, is no new version: older ones ignore it.
func today() layout { return layout{version: 1} }

// Migration is what Open did to an older file.
type Migration struct {
	From, To int
	Copy     string // path of the file as it was
}

// Migrated returns what Open did, nil if the file was of this version already.
func (s *Store) Migrated() *Migration { return s.migrated }

// bring makes sure that the file is of version now, migrating an older one.
//
// A migration first puts a copy beside the file, named after the version that
// it holds, then does all steps in one transaction: a crash at any point
// leaves the old file, with or without a copy, or the new one with it.
func (s *Store) bring(now layout) error {
	found, err := s.version()
	switch {
	case err != nil:
		return err
	case found > now.version:
		return fmt.Errorf("the state file %s has version %d, this bg knows version %d: run the bg that wrote it, or a newer one; the routes stay", s.path, found, now.version)
	case found == now.version:
		return s.guard(func() error { return s.db.View(s.whole) })
	}
	for v := found; v < now.version; v++ {
		if now.steps[v] == nil {
			return fmt.Errorf("the state file %s has version %d, too old for this bg: run one in between first, or move the file away to start anew; the routes stay", s.path, found)
		}
	}
	to := fmt.Sprintf("%s.v%d", s.path, found)
	if err := s.copy(to, now); err != nil {
		return fmt.Errorf("copy the state file %s of version %d before it is migrated: %w: nothing was changed and the routes stay", s.path, found, err)
	}
	if err := s.migrate(found, now); err != nil {
		return fmt.Errorf("migrate the state file %s from version %d to %d: %w: nothing was changed and the routes stay", s.path, found, now.version, err)
	}
	s.migrated = &Migration{From: found, To: now.version, Copy: to}
	if err := now.at("prune"); err != nil {
		return err
	}
	s.prune()
	return nil
}

// version reads the version of a file that may be anything.
func (s *Store) version() (version int, err error) {
	err = s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			meta := tx.Bucket(bucketMeta)
			if meta == nil {
				return damaged(s.path, errors.New("it is no state file of bg"))
			}
			text := string(meta.Get(keyVersion))
			n, err := strconv.ParseUint(text, 10, 31)
			if err != nil || n == 0 || n == math.MaxInt32 {
				return damaged(s.path, fmt.Errorf("%.20q is no version", text))
			}
			version = int(n)
			return nil
		})
	})
	return version, err
}

// copy writes the file as it is to path, durably. An older copy of the same
// version gives way: after a step back and forth it is the newer one that
// counts.
func (s *Store) copy(path string, now layout) error {
	var data bytes.Buffer
	err := s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			if tx.Size() > maxCopied {
				return fmt.Errorf("%d bytes are more than %d", tx.Size(), maxCopied)
			}
			_, err := tx.WriteTo(&data)
			return err
		})
	})
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := durable.Clean(dir); err != nil {
		return err
	}
	return durable.Writer{Fault: now.fault}.Write(path, dir, data.Bytes(), 0o600)
}

// migrate does all steps from version found on, and the new version's number,
// or nothing: what they lead to must be a state that Load takes.
func (s *Store) migrate(found int, now layout) error {
	return s.guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			if err := now.at("migrate"); err != nil {
				return err
			}
			for v := found; v < now.version; v++ {
				if err := now.steps[v](tx); err != nil {
					return fmt.Errorf("version %d: %w", v, err)
				}
			}
			if err := tx.Bucket(bucketMeta).Put(keyVersion, strconv.AppendInt(nil, int64(now.version), 10)); err != nil {
				return err
			}
			if err := s.whole(tx); err != nil {
				return err
			}
			if _, err := s.load(tx); err != nil {
				return err
			}
			return now.at("commit")
		})
	})
}

func (l layout) at(point string) error {
	if l.fault == nil {
		return nil
	}
	return l.fault(point)
}

var copyOf = regexp.MustCompile(`\.v([1-9][0-9]{0,8})$`)

// prune removes the copies of the oldest versions. One that can't be removed
// is only in the way of nobody.
func (s *Store) prune() {
	dir, base := filepath.Split(s.path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return
	}
	var versions []int
	for _, e := range entries {
		m := copyOf.FindStringSubmatch(e.Name())
		if m == nil || e.Name() != base+m[0] || !e.Type().IsRegular() {
			continue
		}
		n, _ := strconv.Atoi(m[1]) // at most nine digits
		versions = append(versions, n)
	}
	slices.Sort(versions)
	for _, v := range versions[:max(0, len(versions)-maxCopies)] {
		_ = os.Remove(fmt.Sprintf("%s.v%d", s.path, v))
	}
}
