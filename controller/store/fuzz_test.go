package store

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"bg/controller/rollout"
)

// FuzzState puts any bytes where apps, events and numbers are kept: they are
// refused, or are a state that can be saved and loaded again as it is.
func FuzzState(f *testing.F) {
	for _, name := range []string{"testdata/v1/app.json", "testdata/v1/event.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("shop", text, text, number(5), number(4))
	}
	// What is wrong with a time was once quoted whole.
	f.Add("shop", []byte("null"), []byte(`{"App":"shop","Time":"20`+strings.Repeat("\xe9", 5000)+`"}`), number(5), number(4))
	full, err := json.Marshal(&rollout.App{
		Name: "shop", Run: &rollout.Run{Step: rollout.Soak, Color: "green", Outcome: rollout.Done}, Lock: &rollout.Lock{By: "ann"},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("shop", full, []byte(`{"App":"shop","Judgment":{"Saved":1}}`), number(1<<63), number(1))
	for _, spoil := range hostile {
		a := app("shop")
		spoil(a)
		text, err := json.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("shop", text, []byte("null"), number(5), []byte("5"))
	}
	path := filepath.Join(f.TempDir(), "state.db")
	s, err := Open(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	s.db.NoSync = true

	f.Fuzz(func(t *testing.T, name string, app, event, generation, confirmed []byte) {
		if name == "" || len(name) > bbolt.MaxKeySize {
			return // the database takes no such key
		}
		err := s.db.Update(func(tx *bbolt.Tx) error {
			for _, bucket := range [][]byte{bucketApps, bucketHistory} {
				if err := tx.DeleteBucket(bucket); err != nil {
					return err
				}
				if _, err := tx.CreateBucket(bucket); err != nil {
					return err
				}
			}
			for _, put := range []struct {
				bucket, key, value []byte
			}{
				{bucketApps, []byte(name), app}, {bucketHistory, number(1), event},
				{bucketMeta, keyGeneration, generation}, {bucketMeta, keyConfirmed, confirmed},
			} {
				if err := tx.Bucket(put.bucket).Put(put.key, put.value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.History(name, 0); err != nil {
			mustNameTheFile(t, err, path)
		}
		state, err := s.Load()
		if err != nil {
			mustNameTheFile(t, err, path)
			return
		}
		if err := checkState(state, state.Apps); err != nil {
			t.Fatalf("it is loaded, and can't be saved: %v", err)
		}
		// All of it, as if it were new.
		if err := s.Save(rollout.State{Generation: state.Generation + 1, Confirmed: state.Confirmed + 1}, state, nil); err != nil {
			t.Fatal(err)
		}
		again, err := s.Load()
		if err != nil {
			t.Fatalf("it was saved, and can't be loaded: %v", err)
		}
		if diff := cmp.Diff(state, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzStateFile overwrites a part of a whole file, and cuts it: what is left
// is refused, or read without harm.
func FuzzStateFile(f *testing.F) {
	whole := filepath.Join(f.TempDir(), "whole.db")
	s, err := Open(whole)
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Save(rollout.State{}, sample(60), events(100)); err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	base, err := os.ReadFile(whole)
	if err != nil {
		f.Fatal(err)
	}
	page := uint32(os.Getpagesize())
	f.Add(uint32(0), []byte{}, uint32(0))
	f.Add(uint32(0), []byte{}, page)
	f.Add(uint32(16), []byte("\xed\xda\x0c\xed\x02"), uint32(0))
	for at := range uint32(len(base)) / page {
		// A page's flags, its number of elements, and where they lie.
		f.Add(at*page+8, []byte{1, 0, 255, 255}, uint32(0))
		f.Add(at*page+10, []byte{255, 255, 0, 0}, uint32(0))
		f.Add(at*page+16, bytes.Repeat([]byte{255}, 16), uint32(0))
		f.Add(at*page+16, bytes.Repeat([]byte{byte(at)}, 32), uint32(0))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, cut uint32) {
		data := bytes.Clone(base)
		copy(data[at%uint32(len(data)):], patch)
		data = data[:uint32(len(data))-cut%uint32(len(data))]
		path := filepath.Join(dir, "state.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			mustNameTheFile(t, err, path)
			return
		}
		defer func() { _ = s.Close() }()
		if _, err := s.History("shop", 0); err != nil {
			mustNameTheFile(t, err, path)
		}
		if _, err := s.Get("default-certificate"); err != nil {
			mustNameTheFile(t, err, path)
		}
		if _, err := s.Load(); err != nil {
			mustNameTheFile(t, err, path)
		}
	})
}

// mustNameTheFile checks that an error is one that people can act on.
func mustNameTheFile(t *testing.T, err error, path string) {
	t.Helper()
	if text := err.Error(); !strings.Contains(text, path) || len(text) > 2000 {
		t.Fatalf("an error of %d bytes: %.2000s", len(text), text)
	}
}
