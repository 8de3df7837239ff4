package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheWebAnswers(t *testing.T) {
	w := newWeb(config{color: "blue", version: "v5"}, fresh(t, "v5"))
	for _, c := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/healthz", "", 200, "ok"},
		{"GET", "/orders/count", "", 200, "0"},
		{"POST", "/orders", `{"id": "1", "name": "Ada"}`, 201, ""},
		{"POST", "/orders", `{"id": "1", "name": "Ada"}`, 409, "add order 1: the id is taken"},
		{"GET", "/orders/count", "", 200, "1"},
		{"GET", "/orders/1", "", 200, `{"id":"1","name":"Ada","color":"blue","version":"v5"}`},
		{"GET", "/orders/2", "", 404, "404 page not found"},
		{"POST", "/orders", `{"id": "2"}`, 400, `an order is {"id": ..., "name": ...}`},
		{"POST", "/orders", `{"id": "2", "name": "` + strings.Repeat("x", maxBody) + `"}`, 400, `an order is {"id": ..., "name": ...}`},
		{"POST", "/jobs", `{"id": "1"}`, 201, ""},
		{"POST", "/jobs", `{"id": "1"}`, 409, "add job 1: the id is taken"},
		{"POST", "/jobs", `{}`, 400, `a job is {"id": ...}`},
	} {
		out := httptest.NewRecorder()
		w.ServeHTTP(out, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
		if got := strings.TrimSpace(out.Body.String()); out.Code != c.status || got != c.answer {
			t.Errorf("%s %s %.40s: got %d %q, want %d %q", c.method, c.path, c.body, out.Code, got, c.status, c.answer)
		}
		if h := out.Header(); h.Get("X-Color") != "blue" || h.Get("X-Version") != "v5" {
			t.Errorf("%s %s tells %q, %q", c.method, c.path, h.Get("X-Color"), h.Get("X-Version"))
		}
	}
}

func TestAnOrderThatCannotBeKeptIsNoSuccess(t *testing.T) {
	out := httptest.NewRecorder()
	w := newWeb(config{}, as(t, file(t), "v1")) // without tables
	w.ServeHTTP(out, httptest.NewRequest("POST", "/orders", strings.NewReader(`{"id": "1", "name": "Ada"}`)))
	if out.Code != 500 {
		t.Errorf("got %d, want 500", out.Code)
	}
}
