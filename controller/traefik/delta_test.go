package traefik

import (
	"strings"
	"testing"
	"time"

	"bg/labels"
)

var (
	fives    = labels.StatusRange{From: 500, To: 599}
	lookedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// looked is what Traefik says in these lines.
func looked(t *testing.T, lines ...string) Metrics {
	t.Helper()
	m := read(t, counted(strings.Join(lines, "")))
	m.At = lookedAt
	return m
}

// answered is a line of shop-web-blue: n requests with a status.
func answered(method, code, n string) string {
	return request(strings.NewReplacer("200", code, "GET", method).Replace(blueGet), n)
}

// took is a histogram of shop-web-blue with the bounds 0.1 and 0.5.
func took(code string, short, medium, all string) string {
	of := strings.Replace(blueGet, "200", code, 1)
	return bucket(of, "0.1", short) + bucket(of, "0.5", medium) + bucket(of, "+Inf", all)
}

func TestTheFirstLookTellsNothing(t *testing.T) {
	if d := looked(t, answered("GET", "200", "9")).Since(Metrics{}); len(d) != 0 {
		t.Errorf("got %+v", d)
	}
}

func TestCountsAreThoseSinceTheLookBefore(t *testing.T) {
	for _, tt := range []struct {
		name             string
		before, now      []string
		requests, errors uint64
	}{
		{"nothing new", []string{answered("GET", "200", "9")}, []string{answered("GET", "200", "9")}, 0, 0},
		{"more", []string{answered("GET", "200", "9"), answered("GET", "500", "1")}, []string{answered("GET", "200", "12"), answered("GET", "500", "2")}, 4, 1},
		{"a status for the first time", []string{answered("GET", "200", "9")}, []string{answered("GET", "200", "9"), answered("GET", "503", "2")}, 2, 2},
		{"a method for the first time", []string{answered("GET", "200", "9")}, []string{answered("GET", "200", "9"), answered("PUT", "200", "2")}, 2, 0},
		{"a leaf for the first time", nil, []string{answered("GET", "200", "9")}, 9, 0},
		{"began anew", []string{answered("GET", "200", "9")}, []string{answered("GET", "200", "4")}, 4, 0},
		{"began anew, one status beyond", []string{answered("GET", "200", "9"), answered("GET", "500", "1")}, []string{answered("GET", "200", "4"), answered("GET", "500", "3")}, 7, 3},
		{"began anew, one status missing", []string{answered("GET", "200", "9"), answered("GET", "500", "1")}, []string{answered("GET", "200", "10")}, 10, 0},
		{"the leaf vanished", []string{answered("GET", "200", "9")}, nil, 0, 0},
		{"clients went away", nil, []string{answered("GET", "200", "1"), answered("GET", "499", "7")}, 1, 0},
		{"only durations", nil, []string{took("200", "1", "2", "3")}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := looked(t, tt.now...).Since(looked(t, tt.before...))
			requests, errors, timed, slow, bound := d["shop-web-blue"].Counts(fives, 0)
			if requests != tt.requests || errors != tt.errors || timed+slow != 0 || bound != 0 {
				t.Errorf("got %d requests, %d errors, %d timed, %d slow, bound %v", requests, errors, timed, slow, bound)
			}
		})
	}
}

func TestAVanishedLeafThatComesBackCountsInFull(t *testing.T) {
	first := looked(t, answered("GET", "200", "9"))
	second := looked(t)
	third := looked(t, answered("GET", "200", "12"))
	if d := second.Since(first); len(d) != 0 {
		t.Errorf("got %+v", d)
	}
	if requests, _, _, _, _ := third.Since(second)["shop-web-blue"].Counts(fives, 0); requests != 12 {
		t.Errorf("%d requests", requests)
	}
}

func TestWhatCountsAsAnErrorIsALabel(t *testing.T) {
	d := looked(t, answered("GET", "200", "1"), answered("GET", "404", "2"), answered("POST", "429", "4"), answered("GET", "499", "8"), answered("GET", "500", "16")).Since(looked(t))
	for status, want := range map[labels.StatusRange]uint64{{From: 500, To: 599}: 16, {From: 400, To: 499}: 6, {From: 400, To: 599}: 22, {From: 429, To: 429}: 4, {From: 499, To: 499}: 0} {
		if requests, errors, _, _, _ := d["shop-web-blue"].Counts(status, 0); requests != 23 || errors != want {
			t.Errorf("%+v: %d errors of %d", status, errors, requests)
		}
	}
}

func TestSlownessIsMeasuredAtTheBoundThatIsNotBelowTheLatency(t *testing.T) {
	before := looked(t, took("200", "10", "20", "30"))
	now := looked(t, took("200", "15", "27", "40"), took("499", "1", "3", "7"))
	d := now.Since(before)["shop-web-blue"]
	for _, tt := range []struct {
		latency     time.Duration
		timed, slow uint64
		bound       time.Duration
	}{
		{0, 0, 0, 0},
		{time.Millisecond, 16, 11, 100 * time.Millisecond},
		{100 * time.Millisecond, 16, 11, 100 * time.Millisecond},
		{101 * time.Millisecond, 14, 7, 500 * time.Millisecond},
		{500 * time.Millisecond, 14, 7, 500 * time.Millisecond},
		{501 * time.Millisecond, 0, 0, 0},
	} {
		_, _, timed, slow, bound := d.Counts(fives, tt.latency)
		if timed != tt.timed || slow != tt.slow || bound != tt.bound {
			t.Errorf("%v: %d of %d beyond %v", tt.latency, slow, timed, bound)
		}
		if got := now.Bound(tt.latency); got != tt.bound && tt.latency > 0 {
			t.Errorf("%v: the bound is %v", tt.latency, got)
		}
	}
}

func TestDurationsThatBeganAnewCountInFull(t *testing.T) {
	for name, now := range map[string][]string{
		"all fell":             {took("200", "1", "2", "3")},
		"one bucket fell":      {took("200", "9", "29", "39")},
		"one fell, no sum did": {took("200", "15", "20", "31")},
		"they are of others":   {took("499", "1", "2", "3")},
		"with the other bound": {bucket(blueGet, "0.1", "12"), bucket(blueGet, "0.4", "25"), bucket(blueGet, "+Inf", "40")},
	} {
		t.Run(name, func(t *testing.T) {
			m := looked(t, now...)
			d := m.Since(looked(t, took("200", "10", "20", "30")))["shop-web-blue"]
			alone := m.Since(looked(t))["shop-web-blue"]
			_, _, timed, slow, bound := d.Counts(fives, 100*time.Millisecond)
			if _, _, t2, s2, b2 := alone.Counts(fives, 100*time.Millisecond); timed != t2 || slow != s2 || bound != b2 || timed == 0 {
				t.Errorf("%d of %d beyond %v, want %d of %d beyond %v", slow, timed, bound, s2, t2, b2)
			}
		})
	}
}

// Traefik drops the counts of a service that has gone family by family, while
// another look goes on: the other family must not count once more in full.
func TestALookWhileALeafIsForgottenCountsNothingTwice(t *testing.T) {
	before := looked(t, answered("GET", "200", "30"), answered("GET", "502", "3"), took("200", "10", "20", "30"))
	for name, now := range map[string]Metrics{
		"durations have gone": looked(t, answered("GET", "200", "30"), answered("GET", "502", "3")),
		"requests have gone":  looked(t, took("200", "10", "20", "30")),
	} {
		d := now.Since(before)["shop-web-blue"]
		if requests, errors, timed, slow, _ := d.Counts(fives, 100*time.Millisecond); requests+errors+timed+slow+d.Rescued() != 0 {
			t.Errorf("%s: %d requests, %d errors, %d timed, %d slow, %d rescued", name, requests, errors, timed, slow, d.Rescued())
		}
	}
}

func TestRescuedRequestsAreThoseOfAllStreamsToo(t *testing.T) {
	sse := strings.NewReplacer("200", "502", `"http"`, `"sse"`).Replace(blueGet)
	before := looked(t, answered("GET", "502", "1"))
	d := looked(t, answered("GET", "502", "3"), answered("HEAD", "504", "1"), answered("POST", "502", "9"), request(sse, "1")).Since(before)["shop-web-blue"]
	if d.Rescued() != 4 {
		t.Errorf("%d", d.Rescued())
	}
	if requests, errors, _, _, _ := d.Counts(fives, 0); requests != 12 || errors != 12 {
		t.Errorf("%d errors of %d", errors, requests)
	}
}

func TestNothingIsTheZeroDelta(t *testing.T) {
	var d Delta
	if requests, errors, timed, slow, bound := d.Counts(fives, time.Second); requests+errors+timed+slow+d.Rescued() != 0 || bound != 0 {
		t.Error("it counts something")
	}
}
