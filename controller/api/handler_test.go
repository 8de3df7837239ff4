package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ask sends one request past the network.
func ask(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "bg"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// said returns the text of an error answer, and fails if it is not one.
func said(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error == "" {
		t.Errorf("%d %q is no api.Error: %v", w.Code, w.Body, err)
	}
	return e.Error
}

// Attack 14 of the bar: oversized body: 413.
// Attack 18 of the bar: cross-site POST: 403.
// Attack 19 of the bar: foreign Host header: refused.
func TestHostileRequestsAreRefusedWithAReason(t *testing.T) {
	f := &fake{}
	h := NewHandler(f, quiet())
	const promote = "/v1/apps/shop/promote"
	for _, c := range []struct {
		name, method, target, body string
		header                     []string
		code                       int
		want                       string
	}{
		{"web page", "POST", promote, "{}", []string{"Origin", "http://evil.example"}, 403, "web pages"},
		{"own origin", "POST", promote, "{}", []string{"Origin", "http://localhost"}, 403, "web pages"},
		{"empty origin", "GET", "/v1/status", "", []string{"Origin", ""}, 403, "web pages"},
		{"cross-site fetch", "GET", "/v1/status", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "web pages"},
		{"foreign host", "GET", "/v1/status", "", []string{"Host", "evil.example"}, 403, "Host"},
		{"foreign host and port", "GET", "/v1/status", "", []string{"Host", "bg.evil.example:80"}, 403, "Host"},
		{"form", "POST", promote, "force=true", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "application/json"},
		{"no type", "POST", promote, "{}", []string{"Content-Type", ""}, 415, "application/json"},
		{"64 KiB and one", "POST", promote, `{"actor":"` + strings.Repeat("a", 64<<10) + `"}`, nil, 413, "64 KiB"},
		{"unknown member", "POST", promote, `{"x":1}`, nil, 400, "unknown member"},
		{"bad app", "POST", "/v1/apps/Shop/promote", "{}", nil, 400, "no app name"},
		{"encoded slash", "POST", "/v1/apps/a%2Fb/promote", "{}", nil, 400, "no app name"},
		{"NUL", "POST", "/v1/apps/a%00/promote", "{}", nil, 400, "no app name"},
		{"dots", "POST", "/v1/apps/../promote", "{}", nil, 404, "no such path"},
		{"wrong method", "GET", promote, "", nil, 405, "use POST"},
		{"wrong method", "DELETE", "/v1/status", "", nil, 405, "use GET"},
		{"unknown path", "GET", "/v2/status", "", nil, 404, "no such path"},
		{"unknown verb", "POST", "/v1/apps/shop/deploy", "{}", nil, 404, "no such path"},
		{"unknown parameter", "GET", "/v1/status?aftr=1", "", nil, 400, "unknown parameter"},
		{"doubled parameter", "GET", "/v1/status?after=1&after=2", "", nil, 400, "more than once"},
		{"bad number", "GET", "/v1/status?after=-1", "", nil, 400, "after=-1"},
		{"endless wait", "GET", "/v1/status?after=1&timeout=11m", "", nil, 400, "0s to 10m"},
		{"negative wait", "GET", "/v1/apps/shop/wait?generation=1&timeout=-1s", "", nil, 400, "0s to 10m"},
		{"no generation", "GET", "/v1/apps/shop/wait", "", nil, 400, "generation=N"},
		{"limit", "GET", "/v1/history?limit=1001", "", nil, 400, "1 to 1000"},
		{"app of history", "GET", "/v1/history?app=A", "", nil, 400, "no app name"},
		{"broken query", "GET", "/v1/history?app=%zz", "", nil, 400, "query"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(h, c.method, c.target, c.body, c.header...)
			if w.Code != c.code || !strings.Contains(said(t, w), c.want) {
				t.Errorf("got %d %s, want %d with %q", w.Code, w.Body, c.code, c.want)
			}
		})
	}
	if len(f.asked) > 0 {
		t.Errorf("the backend was asked: %q", f.asked)
	}
}

func TestEachVerbHasItsRoute(t *testing.T) {
	f := &fake{}
	h := NewHandler(f, quiet())
	var want []string
	for _, verb := range verbs() {
		body := map[string]string{
			VerbCanary: `{"percent":5}`, VerbBegin: `{"digest":"` + sum + `"}`,
			VerbProceed: `{"release":"7"}`, VerbAbort: `{"release":"7"}`,
		}[verb]
		if w := ask(h, "POST", "/v1/apps/shop/"+verb, cmp.Or(body, "{}")); w.Code != 200 {
			t.Errorf("%s: %d %s", verb, w.Code, w.Body)
		}
		want = append(want, verb+" shop")
	}
	if !slices.Equal(f.asked, want) {
		t.Errorf("the backend was asked %q", f.asked)
	}
}

// Attack 20 of the bar: framing: blocked.
func TestEveryAnswerForbidsFramingAndSniffing(t *testing.T) {
	h := NewHandler(&fake{}, quiet())
	for _, target := range []string{"/v1/status", "/nowhere"} {
		got := ask(h, "GET", target, "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
			"Cache-Control":           "no-store",
			"Content-Type":            "application/json",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s: %q", target, name, got.Get(name))
			}
		}
	}
}

// Attack 21 of the bar: script in labels: escaped.
func TestScriptsInNamesAreEscaped(t *testing.T) {
	const script = "<script>alert(1)</script>&"
	f := &fake{
		status: Status{
			Strays: []Stray{{Name: script, Reason: script}},
			Apps:   []App{{Rules: []string{script}, Note: script, Colors: []Color{{Cause: script, Containers: []Container{{Name: script, Detail: script}}}}}},
		},
		outcome: Outcome{Text: script},
	}
	h := NewHandler(f, quiet())
	refusing := NewHandler(&fake{err: &Refusal{Text: script}}, quiet())
	for name, w := range map[string]*httptest.ResponseRecorder{
		"status":    ask(h, "GET", "/v1/status", ""),
		"wait":      ask(h, "GET", "/v1/apps/shop/wait?generation=1", ""),
		"refusal":   ask(refusing, "POST", "/v1/apps/shop/promote", "{}"),
		"bad name":  ask(h, "POST", "/v1/apps/<script>/promote", "{}"),
		"bad query": ask(h, "GET", "/v1/status?<script>=1", ""),
		"bad body":  ask(h, "POST", "/v1/apps/shop/promote", `{"<script>":1}`),
	} {
		body := w.Body.String()
		if strings.ContainsAny(body, "<>&") || !strings.Contains(body, `\u003cscript\u003e`) {
			t.Errorf("%s: %s", name, body)
		}
		if kind := w.Header().Get("Content-Type"); kind != "application/json" {
			t.Errorf("%s: a browser may take %q for a page", name, kind)
		}
	}
}

func TestErrorsOfTheBackendGetTheirStatus(t *testing.T) {
	f := &fake{err: &Refusal{Text: "nothing is ready"}}
	h := NewHandler(f, quiet())
	if w := ask(h, "POST", "/v1/apps/shop/promote", "{}"); w.Code != 409 || said(t, w) != "nothing is ready" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	f.err = errors.New("/secret/path: disk on fire")
	if w := ask(h, "GET", "/v1/history", ""); w.Code != 500 || strings.Contains(said(t, w), "secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestHistoryWithoutEventsIsAnEmptyList(t *testing.T) {
	w := httptest.NewRecorder()
	reply(w, 200, []Event{})
	if got := strings.TrimSpace(w.Body.String()); got != "[]" {
		t.Error(got)
	}
}

func TestWaitThatLastsTooLongIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHandler(&fake{block: true}, quiet())
		start := time.Now()
		w := ask(h, "GET", "/v1/apps/shop/wait?generation=3&timeout=10m", "")
		var o Outcome
		if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || o.Outcome != Pending {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestCommandThatNobodyTakesIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := ask(NewHandler(&fake{block: true}, quiet()), "POST", "/v1/apps/shop/promote", "{}")
		if w.Code != 503 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestLongPollsBeyondTheLimitAreTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{block: true, status: Status{Revision: 1}}
		h := NewHandler(f, quiet())
		for range maxPolls {
			go ask(h, "GET", "/v1/status?after=1&timeout=1m", "")
		}
		synctest.Wait()
		if w := ask(h, "GET", "/v1/status?after=1", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("poll %d: got %d", maxPolls+1, w.Code)
		}
		if w := ask(h, "GET", "/v1/status", ""); w.Code != 200 {
			t.Errorf("a plain status beside %d polls: got %d", maxPolls, w.Code)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if w := ask(h, "GET", "/v1/status?after=1&timeout=1s", ""); w.Code != 200 {
			t.Errorf("after the polls ended: got %d", w.Code)
		}
	})
}
