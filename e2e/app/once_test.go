package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEachPostToOnceIsWrittenDownAsItArrives(t *testing.T) {
	var out strings.Builder
	c := testConfig()
	c.out = &out
	a := newApp(c)
	for _, step := range []struct {
		method, path string
		status       int
	}{
		{"POST", "/once/a-1", 200},
		{"POST", "/once/a-1", 200},
		{"GET", "/once/b-2", 200},
		{"POST", "/once/a%0Aonce%20b", 400},
		{"POST", "/once/" + strings.Repeat("x", 65), 400},
		{"POST", "/control?mode=fail", 200},
		{"POST", "/once/c-3", 500},
	} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(step.method, step.path, nil))
		if w.Code != step.status {
			t.Errorf("%s %s: status %d, want %d", step.method, step.path, w.Code, step.status)
		}
	}
	if want := "once a-1\nonce a-1\nonce c-3\n"; out.String() != want {
		t.Errorf("written down: %q, want %q", out.String(), want)
	}
}
