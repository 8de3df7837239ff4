package judge

import (
	"encoding/json"
	"testing"
	"time"
)

// remember gives a History a poll every step, from noon on.
func remember(h *History, from, long, step time.Duration, c Counts) {
	for at := from; at < from+long; at += step {
		h.Add(noon.Add(at), c)
	}
}

func TestABaselineIsOfTheLastHour(t *testing.T) {
	var h History
	remember(&h, 0, 3*time.Hour, 10*time.Second, Counts{Requests: 4, Errors: 1, Timed: 3, Slow: 2})
	b := h.Baseline(noon.Add(3*time.Hour - time.Nanosecond))
	if b.Polls < 360 || b.Polls > 390 {
		t.Errorf("%d polls, want those of 60 to 65 minutes", b.Polls)
	}
	if want := (Counts{4 * b.Polls, b.Polls, 3 * b.Polls, 2 * b.Polls}); b.Counts != want {
		t.Errorf("%+v, want %+v", b.Counts, want)
	}
	if b := h.Baseline(noon.Add(5 * time.Hour)); b.Polls != 0 || b.Requests != 0 || b.ErrorDispersion != 1 {
		t.Errorf("two hours later: %+v", b)
	}
}

func TestADispersionIsThatOfPollsOrOfMinutes(t *testing.T) {
	quiet, loud := Counts{Requests: 10, Timed: 10}, Counts{Requests: 10, Errors: 5, Timed: 10, Slow: 2}
	var polls, minutes, drift History
	for i := range 3600 {
		at := noon.Add(time.Duration(i) * time.Second)
		pick := func(loudly bool) Counts {
			if loudly {
				return loud
			}
			return quiet
		}
		polls.Add(at, pick(i%20 == 0))                // five at once
		minutes.Add(at, pick(i/60%5 == 2 && i%6 < 2)) // a bad minute of five
		drift.Add(at, pick(i/300%4 == 2 && i%6 < 2))  // five bad minutes of twenty
	}
	now := noon.Add(time.Hour)
	if b := polls.Baseline(now); b.ErrorDispersion < 4 || b.ErrorDispersion > 7 || b.SlowDispersion < 1.5 || b.SlowDispersion > 2.5 || b.ErrorDrift != 1 {
		t.Errorf("in polls: %+v", b)
	}
	if b := minutes.Baseline(now); b.ErrorDispersion != mostCoarse || b.ErrorDrift != 1 {
		t.Errorf("in minutes: %+v", b)
	}
	if b := drift.Baseline(now); b.ErrorDispersion > 5 || b.ErrorDrift != mostCoarse {
		t.Errorf("in blocks: %+v", b)
	}
}

func TestAClockThatGoesBackLosesNothing(t *testing.T) {
	var h History
	remember(&h, 0, time.Minute, time.Second, Counts{Requests: 1})
	remember(&h, -30*time.Minute, time.Minute, time.Second, Counts{Requests: 1})
	if b := h.Baseline(noon); b.Requests != 120 {
		t.Errorf("half an hour back: %+v", b)
	}
	// A clock that was a year ahead must not hold this year in one block.
	h.Add(noon.AddDate(1, 0, 0), Counts{Requests: 5})
	remember(&h, 0, 2*time.Hour, time.Minute, Counts{Requests: 1})
	if b := h.Baseline(noon.Add(2 * time.Hour)); b.Requests < 60 || b.Requests > 65 {
		t.Errorf("a year back: %+v", b)
	}
	h.Add(time.Time{}, Counts{Requests: 1}) // long before 1970
	if b := h.Baseline(time.Time{}.Add(time.Hour)); b.Requests != 1 {
		t.Errorf("the year 1: %+v", b)
	}
}

func TestAHistoryGoesOnAfterItWasSaved(t *testing.T) {
	var h History
	remember(&h, 0, 2*time.Hour, time.Second, Counts{1 << 60, 1 << 59, 1 << 58, 1 << 57})
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 16<<10 {
		t.Errorf("%d bytes", len(b))
	}
	var again History
	if err := json.Unmarshal(b, &again); err != nil || again != h {
		t.Errorf("%v: it differs", err)
	}
}

func TestABrokenHistoryStartsAnew(t *testing.T) {
	for _, minute := range []int64{-1, -1 << 63, 1<<63 - 1} {
		h := History{Minute: minute, Current: Counts{Requests: 9}}
		remember(&h, 0, time.Minute, time.Second, Counts{Requests: 1})
		if b := h.Baseline(noon.Add(time.Minute)); b.Requests != 60 {
			t.Errorf("minute %d: %+v", minute, b)
		}
	}
}

func TestAPollWithoutRequestsIsNotRemembered(t *testing.T) {
	var h History
	h.Add(noon, Counts{Errors: 3})
	if h != (History{}) {
		t.Errorf("%+v", h)
	}
}
