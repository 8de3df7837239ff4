package traefik

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var quiet = log.New(io.Discard, "", 0)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// confirm waits for generation 7, up to limit.
func confirm(t *testing.T, c *Client, limit time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return c.Confirm(ctx, 7)
}

func TestAGenerationIsLiveWhereTheAPIAndAllEntrypointsSaySo(t *testing.T) {
	f := newFake(t)
	f.show(7)
	marker := func(r *http.Request) int {
		if r.Host == markerHost && r.URL.Path == "/7" && r.Method == http.MethodGet {
			return markerStatus
		}
		return http.StatusNotFound
	}
	c := f.client(t, door(t, false, marker), door(t, true, marker), "https://"+door(t, true, marker))
	if err := confirm(t, c, 10*time.Second); err != nil {
		t.Fatal(err)
	}
}

func TestConfirmWaitsForTheAPIAndForEachEntrypoint(t *testing.T) {
	f := newFake(t)
	f.showAt(7, 3)
	var askedEarly atomic.Bool
	var web, secure atomic.Int32
	w := door(t, false, func(*http.Request) int {
		if f.count("/api/http/middlewares/"+markerName(7)+"@file") < 3 {
			askedEarly.Store(true)
		}
		if web.Add(1) < 4 {
			return 404
		}
		return 418
	})
	s := door(t, true, func(*http.Request) int {
		if secure.Add(1) < 8 {
			return 404
		}
		return 418
	})
	c := f.client(t, w, "https://"+s)
	if err := confirm(t, c, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if askedEarly.Load() || web.Load() != 4 || secure.Load() != 8 {
		t.Errorf("early: %t, web asked %d times, secure %d", askedEarly.Load(), web.Load(), secure.Load())
	}
}

func TestAnEntrypointThatRedirectsIsPassedOverAtOnceIfAnotherAnswers(t *testing.T) {
	f := newFake(t)
	f.show(7)
	var asked atomic.Int32
	redirecting := door(t, false, func(*http.Request) int {
		asked.Add(1)
		return http.StatusMovedPermanently
	})
	f.answer("/api/entrypoints", []map[string]any{
		{"name": "web", "address": redirecting},
		{"name": "websecure", "address": door(t, true, always(418)), "http": map[string]any{"tls": map[string]any{}}},
	})
	c := f.client(t)
	if err := confirm(t, c, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 1 { // more if it was waited for, or followed
		t.Errorf("asked %d times", n)
	}
}

func TestEntrypointsThatCannotTellArePassedOverOnceTheAPIHasSettled(t *testing.T) {
	f := newFake(t)
	f.show(7)
	c := f.client(t, door(t, false, always(401)), closedDoor(t))
	start := time.Now()
	if err := confirm(t, c, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < settle {
		t.Errorf("accepted after %v", took)
	}
}

func TestTheAPIAloneIsNoProof(t *testing.T) {
	f := newFake(t)
	f.show(7)
	closed := closedDoor(t)
	var e *Unreachable
	if err := confirm(t, f.client(t, closed), 3*settle); !errors.As(err, &e) || !strings.Contains(err.Error(), closed) {
		t.Errorf("got %v, want that nothing could be asked at %s", err, closed)
	}
}

func TestOneEntrypointThatSays404IsNeverPassedOver(t *testing.T) {
	f := newFake(t)
	f.show(7)
	late := door(t, false, always(404))
	c := f.client(t, door(t, false, always(418)), late)
	var e *NotLive
	if err := confirm(t, c, 3*settle); !errors.As(err, &e) || e.Generation != 7 || !strings.Contains(e.Reason, late) {
		t.Errorf("got %v", err)
	}
}

func TestAGenerationThatTheAPIDoesNotListIsNotLive(t *testing.T) {
	f := newFake(t)
	f.show(6)
	var e *NotLive
	err := confirm(t, f.client(t, door(t, false, always(418))), 200*time.Millisecond)
	if !errors.As(err, &e) || !strings.Contains(err.Error(), f.URL) || !strings.Contains(err.Error(), "log") {
		t.Errorf("got %v", err)
	}
}

func TestAnAPIThatIsNotThereIsUnreachable(t *testing.T) {
	huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range maxAnswer/4096 + 1 {
			_, _ = w.Write(make([]byte, 4096))
		}
	}))
	defer huge.Close()
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer stuck.Close()
	for name, address := range map[string]string{
		"nobody listens":    closedDoor(t),
		"not a Traefik":     door(t, false, always(404)),
		"asks for password": door(t, false, always(401)),
		"redirects":         door(t, false, always(302)),
		"endless answer":    huge.Listener.Addr().String(),
		"no answer":         stuck.Listener.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New("http://"+address, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var e *Unreachable
			if err := confirm(t, c, 400*time.Millisecond); !errors.As(err, &e) || !strings.Contains(err.Error(), address) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACanceledConfirmSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newFake(t).client(t).Confirm(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPollingIsFastAtFirstAndSlowsDown(t *testing.T) {
	if pause(0) != fastPoll || pause(fastPolls-1) != fastPoll || pause(fastPolls+5) <= fastPoll || pause(1000) != slowPoll {
		t.Errorf("%v %v %v %v", pause(0), pause(fastPolls-1), pause(fastPolls+5), pause(1000))
	}
	for i := range 200 {
		if pause(i+1) < pause(i) {
			t.Fatalf("faster after %d tries", i+1)
		}
	}
}

func TestTheURLsOfTraefikAreChecked(t *testing.T) {
	for _, u := range []string{"", "traefik:8080", "https://traefik:8080", "http://", "http://u:p@traefik", "unix:///x", "http://[::1"} {
		if _, err := New(u, nil); err == nil {
			t.Errorf("%q was taken", u)
		}
	}
	for _, e := range []string{"", "web", ":80", "web:", "http://web:80"} {
		if _, err := New("http://traefik:8080", []string{e}); err == nil {
			t.Errorf("entrypoint %q was taken", e)
		}
	}
}
