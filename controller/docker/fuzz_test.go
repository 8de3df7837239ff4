package docker

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
	"bg/labels"
)

// get returns what the engine answers.
func get(e *dockertest.Engine, path string) []byte {
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/v1.41"+path, nil))
	return w.Body.Bytes()
}

// FuzzEvents has Docker answer anything to a list, an inspect and a
// subscription: each is an error, or what is told of the container is
// checked and fit to show.
func FuzzEvents(f *testing.F) {
	id := dockertest.ID(1)
	for _, state := range []string{"running", "exited", "paused", "created", "restarting", "removing", "dead"} {
		e, c := dockertest.New("bg"), sample(1)
		c.State, c.ExitCode, c.StopSignal = state, 137, "SIGRTMIN+3"
		e.Put(c)
		e.SetHealth(id, "unhealthy", 3)
		e.Signal(id, 15)
		e.EmitNetwork(id, "bg", "disconnect")
		e.Exit(id, 137, true)
		var stream []byte
		for _, ev := range e.Told() {
			line, err := json.Marshal(ev)
			if err != nil {
				f.Fatal(err)
			}
			stream = append(append(stream, line...), '\n')
		}
		e.Put(c)
		f.Add(get(e, "/containers/json"), get(e, "/containers/"+id+"/json"), stream)
	}
	f.Add([]byte("null"), []byte("null"), []byte("null"))
	f.Add([]byte("[null]"), []byte(`{"Id":"`+id+`","State":{},"Config":{}}`), []byte(`{"Type":"container","Actor":{}}`))
	f.Add([]byte("[]"), []byte(`{"Id":"`+id+`","Name":"/\u001b[31m","State":{"Status":"running"},"Config":{"Labels":{"bg.enable":"true"},"ExposedPorts":{"99999/tcp":{}}}}`), []byte("{}{}{"))

	e := dockertest.New("bg")
	o := New(Options{Host: "unix:///fake", Network: "bg"})
	o.dial = e.Dialer(f)
	c, err := o.client()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.close)
	if err := c.negotiate(f.Context()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, list, inspect, stream []byte) {
		e.Say(dockertest.List, append([]byte{}, list...))
		e.Say(dockertest.Inspect, append([]byte{}, inspect...))
		e.Say(dockertest.Events, append([]byte{}, stream...))
		r := &record{id: id}
		entries, err := c.list(t.Context(), 100, "bg")
		mustBeShort(t, err)
		seen := map[string]bool{}
		for _, entry := range entries {
			if !validID(entry.id) || seen[entry.id] || !labels.Enabled(entry.labels) {
				t.Fatalf("listed: %+v", entry)
			}
			seen[entry.id] = true
			mustBeShown(t, entry.face.name)
			r.told = entry
		}
		if r.admit() {
			mustBeContainer(t, r.out)
		}
		fact, err := c.inspect(t.Context(), id, "bg", nil)
		if (fact == nil) != (err != nil) {
			t.Fatalf("inspected: %+v, %v", fact, err)
		}
		mustBeShort(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		messages, errs, err := c.subscribe(ctx, cancel)
		mustBeShort(t, err)
		for over := err != nil; !over; {
			select {
			case m := <-messages:
				h, ok := hintOf(m)
				if ok != validID(h.id) || h.labels != nil && !labels.Enabled(h.labels) {
					t.Fatalf("hint %+v of %+v", h, m)
				}
				if ok {
					r.heed(h)
				}
			case err := <-errs: // the end of what was said
				mustBeShort(t, err)
				over = true
			}
		}
		if fact == nil {
			return
		}
		if fact.grace < 0 || fact.grace > time.Duration(1<<62) {
			t.Fatalf("grace %v", fact.grace)
		}
		r.learn(fact)
		if r.refresh() {
			mustBeContainer(t, r.out)
		}
		if r.refresh() {
			t.Fatal("the same facts changed it again")
		}
	})
}

func mustBeContainer(t *testing.T, c *rollout.Container) {
	t.Helper()
	if c.Spec == nil || c.Condition == "" || c.ID == "" {
		t.Fatalf("%+v", c)
	}
	if c.Address != "" {
		if a, err := netip.ParseAddr(c.Address); err != nil || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a.Zone() != "" {
			t.Fatalf("address %q: %v", c.Address, err)
		}
	}
	mustBeShown(t, c.Name)
	mustBeShown(t, c.Detail)
}

// mustBeShown checks that a text can't mislead a terminal.
func mustBeShown(t *testing.T, text string) {
	t.Helper()
	if len(text) > 2000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Fatalf("%d bytes: %.300q", len(text), text)
	}
}

func mustBeShort(t *testing.T, err error) {
	t.Helper()
	if err != nil && (err.Error() == "" || len(err.Error()) > 1000) {
		t.Fatalf("an error of %d bytes: %.300q", len(err.Error()), err)
	}
}
