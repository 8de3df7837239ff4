package traefik

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestMetricsAreReadAtTheAPIsAddress(t *testing.T) {
	f := newFake(t)
	f.answer("/metrics", string(recorded(t)))
	start := time.Now()
	m, err := f.client(t).Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Leaves) != 3 || m.At.Before(start) || m.At.After(time.Now()) {
		t.Errorf("got %d leaves at %v", len(m.Leaves), m.At)
	}
}

func TestMetricsCanHaveAnAddressOfTheirOwn(t *testing.T) {
	f := newFake(t)
	f.answer("/metrics", string(recorded(t)))
	f.answer("/of/traefik", string(recorded(t)))
	for path, want := range map[string]string{"": "/metrics", "/": "/metrics", "/of/traefik": "/of/traefik"} {
		c, err := New("http://"+closedDoor(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.MetricsAt(f.URL + path); err != nil {
			t.Fatal(err)
		}
		before := f.count(want)
		if _, err := c.Metrics(t.Context()); err != nil || f.count(want) != before+1 {
			t.Errorf("%q: %v, %s asked %d times more", path, err, want, f.count(want)-before)
		}
	}
	c := f.client(t)
	for _, u := range []string{"", "traefik:8080", "https://traefik:8080/metrics", "http://u:p@traefik/metrics", "http://[::1"} {
		if err := c.MetricsAt(u); err == nil {
			t.Errorf("%q was taken", u)
		}
	}
}

func TestMetricsThatAreOffAreToldFromATraefikThatIsAway(t *testing.T) {
	off := door(t, false, always(http.StatusNotFound))
	huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, counted(""))
		line := []byte("# " + strings.Repeat("x", 32<<10) + "\n")
		for range maxMetrics/len(line) + 1 {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}))
	defer huge.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, counted(""))
	}))
	defer cut.Close()
	for name, tt := range map[string]struct {
		address string
		off     bool
		text    string
	}{
		"off":              {off, true, "--metrics.prometheus=true"},
		"nobody listens":   {closedDoor(t), false, "refused"},
		"asks a password":  {door(t, false, always(401)), false, "401"},
		"redirects":        {door(t, false, always(302)), false, "302"},
		"another program":  {door(t, false, always(200)), false, "none of Traefik's"},
		"an endless one":   {huge.Listener.Addr().String(), false, fmt.Sprint(maxMetrics)},
		"an answer is cut": {cut.Listener.Addr().String(), false, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New("http://"+tt.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			m, err := c.Metrics(t.Context())
			if errors.As(err, new(*NoMetrics)) != tt.off || errors.As(err, new(*Unreachable)) == tt.off || !strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), "http://"+tt.address+"/metrics") {
				t.Errorf("got %v", err)
			}
			if !m.At.IsZero() || m.Leaves != nil {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestALookAtTheMetricsEndsWithItsContext(t *testing.T) {
	stuck := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, counted(""))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer stuck.Close()
	c, err := New(stuck.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.Metrics(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
