package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func testConfig() config {
	return config{color: "blue", version: "v1", host: "h", mode: ok, failAfter: -1, exit: func(int) {}, out: io.Discard}
}

// get asks a for a path and returns status and body.
func get(a *app, path string) (int, string) {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestThePageTellsColorAndVersion(t *testing.T) {
	w := httptest.NewRecorder()
	newApp(testConfig()).ServeHTTP(w, httptest.NewRequest("GET", "/any/path", nil))
	got := fmt.Sprintf("%d %s%s %s %s", w.Code, w.Body, w.Header().Get("X-Color"), w.Header().Get("X-Version"), w.Header().Get("X-Host"))
	if want := "200 blue v1\nblue v1 h"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAModeDecidesHowPageAndHealthAnswer(t *testing.T) {
	for _, c := range []struct {
		mode         string
		page, health int
	}{
		{"ok", 200, 200},
		{"fail", 500, 200},
		{"unhealthy", 200, 503},
		{"slow&delay=1ms", 200, 200},
		{"flap&delay=1m", 200, 503},
		{"fail&share=0%25", 200, 200},
	} {
		a := newApp(testConfig())
		if code, body := get(a, "/control?mode="+c.mode); code != 200 {
			t.Fatalf("control answers %d %s", code, body)
		}
		if page, _ := get(a, "/"); page != c.page {
			t.Errorf("%s: the page answers %d, want %d", c.mode, page, c.page)
		}
		if health, _ := get(a, "/healthz"); health != c.health {
			t.Errorf("%s: /healthz answers %d, want %d", c.mode, health, c.health)
		}
	}
}

func TestSlowWaitsForItsDelay(t *testing.T) {
	a := newApp(testConfig())
	get(a, "/control?mode=slow&delay=30ms")
	start := time.Now()
	get(a, "/")
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("answered after %s, want 30ms or more", took)
	}
}

func TestAShareOfThePagesFails(t *testing.T) {
	a := newApp(testConfig())
	get(a, "/control?mode=fail&share=5%25")
	failed := 0
	for range 10_000 {
		if code, _ := get(a, "/"); code == 500 {
			failed++
		}
	}
	if failed < 400 || failed > 600 {
		t.Errorf("%d of 10,000 failed, want about 500", failed)
	}
}

func TestFlapIsUnhealthyAndOKInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(testConfig())
		get(a, "/control?mode=flap&delay=2s")
		var got []int
		for range 6 {
			code, _ := get(a, "/healthz")
			got = append(got, code)
			time.Sleep(time.Second)
		}
		if want := "[503 503 200 200 503 503]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

func TestHangLastsUntilTheClientGoesAndControlStillWorks(t *testing.T) {
	a := newApp(testConfig())
	get(a, "/control?mode=hang")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	if w.Body.Len() > 0 || ctx.Err() == nil {
		t.Errorf("answered %q before the client went", w.Body)
	}
	get(a, "/control?mode=ok")
	if code, _ := get(a, "/"); code != 200 {
		t.Errorf("after control answers %d, want 200", code)
	}
}

func TestCrashExitsWithOne(t *testing.T) {
	var code atomic.Int64
	c := testConfig()
	c.exit = func(n int) { code.Store(int64(n)) }
	get(newApp(c), "/control?mode=crash")
	if code.Load() != 1 {
		t.Errorf("exit code %d, want 1", code.Load())
	}
}

func TestAWrongModeOrDelayIsRefusedAndChangesNothing(t *testing.T) {
	for _, query := range []string{"", "mode=broken", "mode=slow&delay=soon", "mode=slow&delay=2h", "mode=slow&delay=-1s", "mode=flap&delay=0s", "mode=fail&share=5", "mode=fail&share=101%25", "mode=fail&share=NaN%25"} {
		a := newApp(testConfig())
		if code, _ := get(a, "/control?"+query); code != 400 {
			t.Errorf("control?%s answers %d, want 400", query, code)
		}
		if a.set.mode != ok {
			t.Errorf("control?%s left mode %s", query, a.set.mode)
		}
	}
}

func TestFailAfterCountsPagesButNotHealthChecks(t *testing.T) {
	c := testConfig()
	c.failAfter = 2
	a := newApp(c)
	var got []int
	for _, path := range []string{"/healthz", "/", "/healthz", "/", "/", "/healthz"} {
		code, _ := get(a, path)
		got = append(got, code)
	}
	if want := "[200 200 200 200 500 200]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestHealthTurnsOKAfterTheStartDelay(t *testing.T) {
	c := testConfig()
	c.readyAt = time.Now().Add(time.Hour)
	a := newApp(c)
	if code, _ := get(a, "/healthz"); code != 503 {
		t.Errorf("before: %d, want 503", code)
	}
	a.start.readyAt = time.Now()
	if code, _ := get(a, "/healthz"); code != 200 {
		t.Errorf("after: %d, want 200", code)
	}
}

func TestRequestTellsWhatArrived(t *testing.T) {
	r := httptest.NewRequest("POST", "/request/a%2Fb?c=d", nil)
	r.Host = "shop.test"
	r.Header.Set("X-One", "1")
	w := httptest.NewRecorder()
	newApp(testConfig()).ServeHTTP(w, r)
	if got, want := w.Body.String(), "POST /request/a%2Fb?c=d\nHost: shop.test\nX-One: 1\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
