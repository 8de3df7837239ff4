package probe

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/rollout"
)

func TestAContainerRisesWithItsFirstAnswerAndFallsWithFailuresInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		w.watch(bed("a"))
		w.want("a", "passing")
		broken := errors.New("status 500, want 200-399")
		w.make("a", broken)
		w.pass(2 * time.Second)
		w.want("a", "passing")
		w.pass(time.Second)
		w.want("a", "failing")
		if got := w.told["a"]; got.Fault != broken.Error() || got.Address != "10.0.0.1" || !got.Started.Equal(time.Unix(1, 0)) {
			t.Errorf("told is %+v", got)
		}
		w.make("a", nil)
		w.pass(time.Second)
		w.want("a", "passing")
	})
}

// The bar's "hang: no new traffic after 3 s" leaves the rest of them for the
// decision and the proxy.
func TestAHangIsFoundOutInTime(t *testing.T) {
	for name, tt := range map[string]struct {
		labels func(*rollout.Checkup)
		limit  time.Duration
	}{
		"sensible labels":          {every(500*time.Millisecond, 500*time.Millisecond, 3), 2 * time.Second},
		"the defaults":             {every(time.Second, 2*time.Second, 3), 5 * time.Second},
		"a timeout of two turns":   {every(500*time.Millisecond, time.Second, 5), 3500 * time.Millisecond},
		"a timeout of many turns":  {every(time.Second, 10*time.Second, 3), 13 * time.Second},
		"where one hang is enough": {every(time.Second, 500*time.Millisecond, 1), 2500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWard(t)
				w.watch(bed("a", tt.labels), bed("b", tt.labels))
				w.pass(tt.limit) // so that the worst moment is hit: right after an answer
				w.make("a", errHang)
				took := w.until("a", "failing")
				if took > tt.limit+gather+5*time.Millisecond {
					t.Errorf("it took %s, want %s", took, tt.limit)
				}
				w.want("b", "passing")
				t.Logf("%s after the hang began", took)
				w.make("a", nil)
				w.until("a", "passing")
			})
		})
	}
}

// All of bg's own network fails, and comes back; each container is asked at a
// time of its own, so some are always the first to be missed and to be heard.
func TestNobodyIsFailingWhileBgIsDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		ids, set := []string{}, []rollout.Checkup{}
		for i := range 50 {
			ids = append(ids, fmt.Sprint("c", i))
			set = append(set, bed(ids[i], every(time.Second, 500*time.Millisecond, 1+i%4)))
		}
		w.watch(set...)
		failing := func() int {
			n := 0
			for _, id := range ids {
				if w.is(id) == "failing" {
					n++
				}
			}
			return n
		}
		for range 5 {
			w.deafen(true)
			for range 1000 {
				if w.pass(10 * time.Millisecond); failing() > 0 {
					t.Fatalf("%d are failing though nobody is heard", failing())
				}
			}
			for _, id := range ids {
				w.want(id, "deaf")
			}
			w.deafen(false)
			for range 300 {
				if w.pass(10 * time.Millisecond); failing() > 0 {
					t.Fatalf("%d are failing though all answer again", failing())
				}
			}
			w.pass(770 * time.Millisecond) // the next time at another moment
		}
		w.make("c7", errHang)
		w.until("c7", "failing")
		if n := failing(); n != 1 {
			t.Errorf("%d are failing, want the one that hangs", n)
		}
	})
}

func TestWhoIsHeardOnAnotherNetworkSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		there := func(c *rollout.Checkup) { c.Network = "there" }
		w.watch(bed("a"), bed("b", there), bed("c", there))
		w.make("b", errHang)
		w.make("c", errHang)
		w.pass(time.Minute)
		w.want("a", "passing")
		w.want("b", "deaf")
		w.watch(bed("a"), bed("b", there)) // alone there, there is nobody else to hear
		w.pass(time.Second)
		w.want("b", "failing")
	})
}

func TestWhatComesAgainStartsAnew(t *testing.T) {
	for name, change := range map[string]func(*rollout.Checkup){
		"after it had left": nil,
		"with a new start":  func(c *rollout.Checkup) { c.Started = time.Unix(2, 0) },
		"with a new address": func(c *rollout.Checkup) {
			c.Address = "10.0.0.2"
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWard(t)
				w.watch(bed("a"), bed("b"))
				w.make("a", errHang)
				w.until("a", "failing")
				again := bed("a")
				if change == nil {
					w.watch(bed("b"))
					w.want("a", "unknown")
				} else {
					change(&again)
				}
				w.watch(again, bed("b"))
				w.want("a", "unknown")
				w.pass(2 * time.Second) // until the first two have timed out: as long as before
				if c := w.told["a"]; c.Passed || c.Failing {
					t.Errorf("told is %+v", c)
				}
				if n := len(w.begun["b"]); n < 3 {
					t.Errorf("b was asked %d times: it did not go on", n)
				}
				w.make("a", nil)
				w.until("a", "passing")
			})
		})
	}
}

func TestWhoIsNotWatchedAnyMoreIsNotAskedAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		w.make("a", errHang)
		w.watch(bed("a", every(time.Second, time.Minute, 3)))
		w.watch()
		w.mu.Lock()
		n, running := len(w.begun["a"]), w.now
		w.mu.Unlock()
		if n != 1 || running != 0 {
			t.Errorf("%d checks, %d of them still under way", n, running)
		}
		w.pass(time.Minute)
		if len(w.begun["a"]) != n {
			t.Error("it was asked on")
		}
	})
}

// No thundering: neither at the start nor later, nor after a pause of the
// whole machine.
func TestAThousandContainersAreAskedEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		var set []rollout.Checkup
		for i := range 1000 {
			set = append(set, bed(fmt.Sprint("c", i)))
		}
		w.watch(set...)
		w.pass(10 * time.Second)
		var all []time.Duration
		for id, at := range w.begun {
			if len(at) < 10 {
				t.Fatalf("%s was asked %d times in 10 s", id, len(at))
			}
			for i := range at[1:] {
				if gap := at[i+1] - at[i]; gap != time.Second {
					t.Fatalf("%s was asked %s apart", id, gap)
				}
			}
			all = append(all, at...)
		}
		slices.Sort(all)
		for i := range all[:len(all)-20] {
			if gap := all[i+20] - all[i]; gap < 20*time.Millisecond {
				t.Fatalf("20 checks began within %s", gap)
			}
		}
		if w.most > 10 {
			t.Errorf("%d checks were under way at once", w.most)
		}
		// What is told comes in bundles, as each one is a decision.
		if n := len(w.tells); n > int(2*time.Second/gather) {
			t.Errorf("%d deliveries", n)
		}
	})
}

func TestAFewContainersAreAskedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		w.watch(bed("a"), bed("b"), bed("c"))
		for _, id := range []string{"a", "b", "c"} {
			if at := w.begun[id]; len(at) != 1 || at[0] > 10*time.Millisecond {
				t.Errorf("%s was asked at %v", id, at)
			}
		}
	})
}

func TestChecksAreBoundedAndTheHealthyAreAskedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		var set []rollout.Checkup
		for i := range maxChecks + 500 {
			id := fmt.Sprint("c", i)
			set = append(set, bed(id))
			if i >= 10 {
				w.make(id, errHang)
			}
		}
		w.watch(set...)
		w.pass(time.Minute)
		if w.most > maxChecks {
			t.Errorf("%d checks were under way at once", w.most)
		}
		for i := range 10 {
			if n := len(w.begun[fmt.Sprint("c", i)]); n < 15 {
				t.Errorf("c%d, which is healthy, was asked %d times in a minute", i, n)
			}
		}
		w.want("c3", "passing")
		w.want("c300", "failing")
	})
}

func TestThoseThatHangLeaveRoomForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		var set []rollout.Checkup
		for i := range 700 {
			set = append(set, bed(fmt.Sprint("c", i), every(time.Second, 10*time.Second, 3)))
			if i >= 10 {
				w.make(set[i].ID, errHang)
			}
		}
		w.watch(set...)
		w.pass(time.Minute)
		for i := range 10 {
			if n := len(w.begun[fmt.Sprint("c", i)]); n < 60 {
				t.Errorf("c%d, which is healthy, was asked %d times in a minute", i, n)
			}
		}
	})
}

// Whoever may set labels could else have bg do nothing but ask.
func TestTooManyChecksComeLateAndAllTheSameToEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		var set []rollout.Checkup
		for i := range 1000 {
			set = append(set, bed(fmt.Sprint("c", i), every(100*time.Millisecond, time.Second, 3)))
		}
		set[0] = bed("c0")
		w.watch(set...)
		w.pass(10 * time.Second)
		all, least, most := 0, 1000, 0
		for _, c := range set[1:] {
			n := len(w.begun[c.ID])
			all, least, most = all+n, min(least, n), max(most, n)
		}
		if all > 11*maxRate || all < 9*maxRate || least < 15 || most > 25 {
			t.Errorf("%d checks in 10 s, %d to %d of a container", all, least, most)
		}
		if n := len(w.begun["c0"]); n < 6 {
			t.Errorf("who asks for one a second got %d", n)
		}
		w.want("c0", "passing")
	})
}

func TestOneContainerIsNotAskedTooOftenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		w.make("a", errHang)
		w.watch(bed("a", every(100*time.Millisecond, time.Minute, 100)))
		w.pass(30 * time.Second)
		if w.most != maxOverlap {
			t.Errorf("%d checks at once, want %d", w.most, maxOverlap)
		}
	})
}

func TestWhatStaysAsItIsIsNotToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWard(t)
		w.make("b", errors.New("status 503"))
		w.watch(bed("a"), bed("b"))
		w.pass(10 * time.Second)
		before := len(w.tells)
		w.pass(10 * time.Minute)
		if n := len(w.tells); n != before {
			t.Errorf("%d deliveries, then %d", before, n)
		}
	})
}
