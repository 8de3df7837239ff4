package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"bg/controller/rollout"
)

// keep is how many events the history holds in all; the oldest go first.
const keep = 10_000

// appendHistory adds the events in their order and drops what is too old.
func appendHistory(b *bbolt.Bucket, events []rollout.Event) error {
	var last uint64
	for _, e := range events {
		v, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("event of %s: %w", e.App, err)
		}
		if last, err = b.NextSequence(); err != nil {
			return err
		}
		if err := b.Put(number(last), v); err != nil {
			return err
		}
	}
	if last <= keep {
		return nil
	}
	// Keys are sequence numbers without a gap, so those to drop are at the
	// front: as many as were just added, once the history is full.
	limit := number(last - keep)
	c := b.Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, limit) <= 0; k, _ = c.First() {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}

// History returns up to limit events of the app, the newest first; app ""
// means all apps, and a limit of 0 or less all events.
func (s *Store) History(app string, limit int) ([]rollout.Event, error) {
	if limit <= 0 || limit > keep {
		limit = keep
	}
	// Most events of other apps are told by their bytes, without decoding.
	name, err := json.Marshal(app)
	if err != nil {
		return nil, err
	}
	mark := append([]byte(`"App":`), name...)

	var events []rollout.Event
	err = s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			c := tx.Bucket(bucketHistory).Cursor()
			for k, v := c.Last(); k != nil && len(events) < limit; k, v = c.Prev() {
				if app != "" && !bytes.Contains(v, mark) {
					continue
				}
				var e rollout.Event
				if err := json.Unmarshal(v, &e); err != nil {
					return damaged(s.path, fmt.Errorf("event %.16x: %.200s", k, err))
				}
				if app == "" || e.App == app {
					events = append(events, e)
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return events, nil
}
