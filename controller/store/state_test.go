package store

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"bg/controller/rollout"
	"bg/labels"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// app returns an app with everything set that an app can have.
func app(name string) *rollout.App {
	web := labels.Service{Name: "web", Port: 8080, Scheme: "http", Server: "{}", Options: `{"passHostHeader":true}`}
	gone := noon.Add(time.Hour)
	return &rollout.App{
		Name: name, Active: labels.Blue, Weight: 10, Held: true, Generation: 3,
		Route: &rollout.Route{
			App: name, Source: labels.Blue,
			Routers:     []labels.Router{{Name: "web", Service: "web", Options: `{"priority":1,"rule":"Host(` + "`x`" + `)"}`}},
			Middlewares: []labels.Object{{Name: "gzip", Options: `{"compress":{}}`}},
			Services: []rollout.Service{{Name: "web", Backends: []rollout.Backend{
				{Color: labels.Blue, Weight: 90, Options: web, Servers: []rollout.Server{{Container: "c1", Address: "10.0.0.1"}}},
				{Color: labels.Green, Weight: 10, Options: web, Servers: []rollout.Server{{Container: "c2", Address: "10.0.0.2"}}},
			}}},
		},
		Blue:  rollout.Side{Role: rollout.Active, Release: []string{"c1"}, Seen: []string{"c1"}, Since: noon, Services: []string{"web"}, At: noon},
		Green: rollout.Side{Role: rollout.Candidate, Release: []string{"c2"}, Seen: []string{"c2"}, Since: noon, Cause: "new", At: noon},
		Undo:  &rollout.Undo{Active: labels.Blue},
		Gone:  &gone,
	}
}

func sample(n int) rollout.State {
	s := rollout.State{Generation: 5, Confirmed: 4, Apps: make(map[string]*rollout.App)}
	for i := range n {
		name := fmt.Sprintf("app-%04d", i)
		s.Apps[name] = app(name)
	}
	return s
}

func load(t *testing.T, s *Store) rollout.State {
	t.Helper()
	state, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestANewFileHoldsTheZeroState(t *testing.T) {
	got := load(t, open1(t, statePath(t)))
	if diff := cmp.Diff(rollout.State{Apps: map[string]*rollout.App{}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasSavedIsLoadedAfterARestart(t *testing.T) {
	path := statePath(t)
	s := open1(t, path)
	want := sample(3)
	if err := errors.Join(s.Save(rollout.State{}, want, nil), s.Close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, load(t, open1(t, path))); diff != "" {
		t.Error(diff)
	}
}

func TestSaveWritesChangedAppsAndDeletesThoseGone(t *testing.T) {
	s := open1(t, statePath(t))
	prev := sample(3)
	if err := s.Save(rollout.State{}, prev, nil); err != nil {
		t.Fatal(err)
	}
	changed := app("app-0001")
	changed.Weight = 50
	next := rollout.State{Generation: 6, Confirmed: 5, Apps: map[string]*rollout.App{
		"app-0000": prev.Apps["app-0000"], "app-0001": changed,
	}}
	if err := s.Save(prev, next, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(next, load(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsWrittenWhereNothingDiffers(t *testing.T) {
	path := statePath(t)
	s := open1(t, path)
	state := sample(3)
	if err := s.Save(rollout.State{}, state, nil); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Save(state, state, nil); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) { // every transaction counts up in a meta page
		t.Error("the file was written")
	}
}

// hostile are standings that no decision leads to.
var hostile = map[string]func(*rollout.App){
	"a color":         func(a *rollout.App) { a.Active = "red" },
	"a weight":        func(a *rollout.App) { a.Weight = 101 },
	"a low weight":    func(a *rollout.App) { a.Weight = -1 },
	"undo":            func(a *rollout.App) { a.Undo.Weight = 500 },
	"undo color":      func(a *rollout.App) { a.Undo.Active = "red" },
	"a role":          func(a *rollout.App) { a.Green.Role = "king" },
	"a generation":    func(a *rollout.App) { a.Generation = 6 },
	"a name":          func(a *rollout.App) { a.Name = "../x" },
	"an ID":           func(a *rollout.App) { a.Blue.Seen = []string{"c\x00"} },
	"a long list":     func(a *rollout.App) { a.Blue.Seen = make([]string, maxList+1) },
	"a long cause":    func(a *rollout.App) { a.Blue.Cause = strings.Repeat("x", maxText+1) },
	"a foreign route": func(a *rollout.App) { a.Route.App = "other" },
	"a source":        func(a *rollout.App) { a.Route.Source = "red" },
	"options":         func(a *rollout.App) { a.Route.Routers[0].Options = `{"a":` },
	"no object":       func(a *rollout.App) { a.Route.Middlewares[0].Options = `"x"` },
	"an address":      func(a *rollout.App) { a.Route.Services[0].Backends[0].Servers[0].Address = "example.com" },
	"a port":          func(a *rollout.App) { a.Route.Services[0].Backends[0].Options.Port = 70000 },
	"twice a color":   func(a *rollout.App) { a.Route.Services[0].Backends[1].Color = labels.Blue },
	"a share":         func(a *rollout.App) { a.Route.Services[0].Backends[1].Weight = 1000 },
	"a split":         func(a *rollout.App) { a.Route.Services[0].Sticky = "k\n3" },
	"a preview":       func(a *rollout.App) { a.Route.Services[0].Backends[1].Preview.Header = "X=1\r\nY: 2" },
	"many backends": func(a *rollout.App) {
		s := &a.Route.Services[0]
		s.Backends = append(s.Backends, s.Backends[0])
	},
}

func TestAStateThatNoDecisionLeadsToIsNeitherSavedNorLoaded(t *testing.T) {
	for name, spoil := range hostile {
		t.Run(name, func(t *testing.T) {
			path := statePath(t)
			s := open1(t, path)
			good := sample(1)
			if err := s.Save(rollout.State{}, good, nil); err != nil {
				t.Fatal(err)
			}
			bad := sample(1)
			spoil(bad.Apps["app-0000"])
			if err := s.Save(good, bad, nil); err == nil {
				t.Error("it was saved")
			}
			if diff := cmp.Diff(good, load(t, s)); diff != "" {
				t.Errorf("after the refusal: %s", diff)
			}
			put(t, s, "app-0000", bad.Apps["app-0000"])
			if _, err := s.Load(); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("it was loaded: %v", err)
			}
		})
	}
}

func TestAnAppStoredUnderAnotherNameOrNotAsJSONIsRefused(t *testing.T) {
	s := open1(t, statePath(t))
	put(t, s, "other", app("app-0000"))
	if _, err := s.Load(); err == nil {
		t.Error("another name was loaded")
	}
	s = open1(t, statePath(t))
	err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketApps).Put([]byte("shop"), []byte("{")) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(); err == nil || !strings.Contains(err.Error(), `"shop"`) {
		t.Errorf("got %v", err)
	}
}

func TestMoreConfirmedThanMadeIsRefused(t *testing.T) {
	s := open1(t, statePath(t))
	if err := s.Save(rollout.State{}, rollout.State{Generation: 1, Confirmed: 2}, nil); err == nil {
		t.Error("it was saved")
	}
}
