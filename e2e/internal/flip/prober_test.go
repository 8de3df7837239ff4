package flip

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// server answers in the color that is set, "" with an error.
func server(t *testing.T) (url string, color *atomic.Value) {
	t.Helper()
	color = &atomic.Value{}
	color.Store("blue")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := color.Load().(string)
		if c == "" {
			http.Error(w, "broken", http.StatusBadGateway)
			return
		}
		w.Header().Set("X-Color", c)
	}))
	t.Cleanup(s.Close)
	return s.URL, color
}

func TestTheFirstAnswerOfAColorIsTimed(t *testing.T) {
	url, color := server(t)
	p, err := Start(t.Context(), Options{Target: url})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	color.Store("") // failures are no answers
	before := time.Now()
	color.Store("green")
	at, err := p.Await(t.Context(), "green")
	if err != nil {
		t.Fatal(err)
	}
	if at.Before(before) || at.After(time.Now()) {
		t.Errorf("the first answer was at %s, the switch at %s", at, before)
	}
	if again, _ := p.Await(t.Context(), "green"); again != at {
		t.Errorf("the first answer was at %s, later at %s", at, again)
	}
	if c, since := p.Streak(); c != "green" || since != at {
		t.Errorf("since %s all answers are %s; the first was at %s", since, c, at)
	}
	color.Store("red")
	if _, err := p.Await(t.Context(), "red"); err != nil {
		t.Fatal(err)
	}
	color.Store("green")
	for c := ""; c != "green"; c, _ = p.Streak() {
		if t.Context().Err() != nil {
			t.Fatal("green never came back")
		}
	}
	if _, since := p.Streak(); !since.After(at) {
		t.Error("the streak of green is older than the red answer in between")
	}
}

func TestAColorThatNeverAnswersIsAnError(t *testing.T) {
	url, _ := server(t)
	p, err := Start(t.Context(), Options{Target: url, Limit: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Await(t.Context(), "green")
	if err == nil || !strings.Contains(err.Error(), "blue") {
		t.Errorf("got %v, want an error that names who answered", err)
	}
	if r := p.Stop(); r.Requests == 0 || r.Failed != 0 {
		t.Errorf("counted %d requests and %d failures", r.Requests, r.Failed)
	}
}
