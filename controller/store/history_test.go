package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"bg/controller/rollout"
)

// events returns n events of two apps in turn, numbered by generation.
func events(n int) []rollout.Event {
	var list []rollout.Event
	for i := range n {
		list = append(list, rollout.Event{
			Time: noon.Add(time.Duration(i) * time.Second), App: []string{"shop", "blog"}[i%2], Generation: uint64(i),
			Change: rollout.Promoted, Active: "green", Green: 100, Cause: `ready, "App":"blog"`, Actor: "bg",
		})
	}
	return list
}

// put stores an app past all checks.
func put(t *testing.T, s *Store, key string, a *rollout.App) {
	t.Helper()
	v, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	err = s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketApps).Put([]byte(key), v) })
	if err != nil {
		t.Fatal(err)
	}
}

func generations(t *testing.T, s *Store, app string, limit int) []uint64 {
	t.Helper()
	list, err := s.History(app, limit)
	if err != nil {
		t.Fatal(err)
	}
	var g []uint64
	for _, e := range list {
		g = append(g, e.Generation)
	}
	return g
}

func TestTheHistoryComesNewestFirstAndByApp(t *testing.T) {
	path := statePath(t)
	s := open1(t, path)
	want := events(6)
	for _, e := range want {
		if err := s.Save(rollout.State{}, rollout.State{}, []rollout.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open1(t, path)
	list, err := s.History("", 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v", list, err)
	}
	if diff := cmp.Diff(want[5], list[0]); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		app   string
		limit int
		want  []uint64
	}{
		{"", 0, []uint64{5, 4, 3, 2, 1, 0}},
		{"", 2, []uint64{5, 4}},
		{"shop", 0, []uint64{4, 2, 0}},
		{"blog", 2, []uint64{5, 3}},
		{"none", 0, nil},
	} {
		if diff := cmp.Diff(tt.want, generations(t, s, tt.app, tt.limit)); diff != "" {
			t.Errorf("app %q, limit %d: %s", tt.app, tt.limit, diff)
		}
	}
}

func TestTheHistoryKeepsTheNewestTenThousand(t *testing.T) {
	s := open1(t, statePath(t))
	all := events(keep + 250)
	for part := range 4 {
		n := len(all) / 4
		if err := s.Save(rollout.State{}, rollout.State{}, all[part*n:min((part+1)*n, len(all))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Save(rollout.State{}, rollout.State{}, all[len(all)/4*4:]); err != nil {
		t.Fatal(err)
	}
	got := generations(t, s, "", 0)
	if len(got) != keep || got[0] != uint64(len(all)-1) || got[keep-1] != 250 {
		t.Errorf("%d events, from %d down to %d", len(got), got[0], got[len(got)-1])
	}
}

func BenchmarkSave(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("one of apps=%d", n), func(b *testing.B) {
			s, err := Open(b.TempDir() + "/state.db")
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			prev := sample(n)
			if err := s.Save(rollout.State{}, prev, events(keep)); err != nil {
				b.Fatal(err)
			}
			event := events(1)
			for b.Loop() {
				next := rollout.State{Generation: prev.Generation + 1, Confirmed: prev.Confirmed, Apps: make(map[string]*rollout.App)}
				for k, v := range prev.Apps {
					next.Apps[k] = v
				}
				next.Apps["app-0000"] = app("app-0000")
				if err := s.Save(prev, next, event); err != nil {
					b.Fatal(err)
				}
				prev = next
			}
		})
	}
}

func BenchmarkOpenAndLoad(b *testing.B) {
	path := b.TempDir() + "/state.db"
	s, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(s.Save(rollout.State{}, sample(1000), events(keep)), s.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Load(); err != nil {
			b.Fatal(err)
		}
		_ = s.Close()
	}
}
