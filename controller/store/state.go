package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"bg/controller/internal/failpoint"
	"bg/controller/rollout"
)

// The keys of the meta bucket.
var (
	keyVersion    = []byte("version")
	keyGeneration = []byte("generation")
	keyConfirmed  = []byte("confirmed")
)

// Load returns the state as last saved, and of a new file the zero State
// with an empty map. What does not hold up to checkState is an error that
// names the app.
func (s *Store) Load() (rollout.State, error) {
	var state rollout.State
	err := s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) (err error) {
			state, err = s.load(tx)
			return err
		})
	})
	if err != nil {
		return rollout.State{}, err
	}
	return state, nil
}

func (s *Store) load(tx *bbolt.Tx) (rollout.State, error) {
	state := rollout.State{Apps: make(map[string]*rollout.App)}
	meta := tx.Bucket(bucketMeta)
	for key, p := range map[string]*uint64{
		string(keyGeneration): &state.Generation,
		string(keyConfirmed):  &state.Confirmed,
	} {
		v := meta.Get([]byte(key))
		if v == nil {
			continue
		}
		n, err := parseNumber(v)
		if err != nil {
			return state, damaged(s.path, fmt.Errorf("%s: %w", key, err))
		}
		*p = n
	}
	err := tx.Bucket(bucketApps).ForEach(func(k, v []byte) error {
		app := new(rollout.App)
		if err := json.Unmarshal(v, app); err != nil {
			return damaged(s.path, fmt.Errorf("app %.63q: %.200s", k, err))
		}
		if app.Name != string(k) {
			return damaged(s.path, fmt.Errorf("app %.63q is stored as %.63q", app.Name, k))
		}
		state.Apps[app.Name] = app
		return nil
	})
	if err != nil {
		return state, err
	}
	if err := checkState(state, state.Apps); err != nil {
		return state, damaged(s.path, err)
	}
	return state, nil
}

// Save brings next and the events to the disk in one transaction. prev is
// what was loaded or saved last: apps with the same pointer in both are not
// written, apps that only prev has are deleted. If nothing differs and there
// is no event, nothing is written at all.
//
// A State that Load would refuse is refused here already. After an error the
// file holds prev.
func (s *Store) Save(prev, next rollout.State, events []rollout.Event) error {
	changed := make(map[string]*rollout.App)
	for name, app := range next.Apps {
		if prev.Apps[name] != app {
			changed[name] = app
		}
	}
	var gone []string
	for name := range prev.Apps {
		if next.Apps[name] == nil {
			gone = append(gone, name)
		}
	}
	if len(changed) == 0 && len(gone) == 0 && len(events) == 0 &&
		prev.Generation == next.Generation && prev.Confirmed == next.Confirmed {
		return nil
	}
	if err := checkState(next, changed); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	if err := failpoint.Reach(failpoint.Save); err != nil {
		return fmt.Errorf("save the state in %s: %w", s.path, err)
	}
	err := s.guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			if err := putMeta(tx, prev, next); err != nil {
				return err
			}
			apps := tx.Bucket(bucketApps)
			for _, name := range gone {
				if err := apps.Delete([]byte(name)); err != nil {
					return err
				}
			}
			for name, app := range changed {
				v, err := json.Marshal(app)
				if err != nil {
					return fmt.Errorf("app %s: %w", name, err)
				}
				if err := apps.Put([]byte(name), v); err != nil {
					return err
				}
			}
			if err := appendHistory(tx.Bucket(bucketHistory), events); err != nil {
				return err
			}
			return failpoint.Reach(failpoint.Commit)
		})
	})
	if err != nil {
		return fmt.Errorf("save the state in %s: %w", s.path, err)
	}
	_ = failpoint.Reach(failpoint.Saved) // a place to die at: too late to fail
	return nil
}

// putMeta writes the two numbers that changed.
func putMeta(tx *bbolt.Tx, prev, next rollout.State) error {
	meta := tx.Bucket(bucketMeta)
	for _, m := range []struct {
		key      []byte
		old, new uint64
	}{
		{keyGeneration, prev.Generation, next.Generation},
		{keyConfirmed, prev.Confirmed, next.Confirmed},
	} {
		if m.old == m.new {
			continue
		}
		if err := meta.Put(m.key, number(m.new)); err != nil {
			return err
		}
	}
	return nil
}

// maxBlob bounds the values of Put, in bytes.
const maxBlob = 64 << 10

// Get returns a copy of the value of key, nil if there is none.
func (s *Store) Get(key string) ([]byte, error) {
	var value []byte
	err := s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			value = bytes.Clone(tx.Bucket(bucketBlobs).Get([]byte(key)))
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read %s from %s: %w", key, s.path, err)
	}
	return value, nil
}

// Put sets the values of some keys in one transaction, each of at most 64
// KiB; nil removes one.
func (s *Store) Put(values map[string][]byte) error {
	for key, value := range values {
		if len(value) > maxBlob {
			return fmt.Errorf("store %s: %d bytes are more than %d", key, len(value), maxBlob)
		}
	}
	err := s.guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucketBlobs)
			for key, value := range values {
				err := b.Put([]byte(key), value)
				if value == nil {
					err = b.Delete([]byte(key))
				}
				if err != nil {
					return fmt.Errorf("%s: %w", key, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("store in %s: %w", s.path, err)
	}
	return nil
}
