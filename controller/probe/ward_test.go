package probe

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

// ward is containers that answer as the test says, and a Checker that asks
// them. Use it inside a synctest bubble.
type ward struct {
	t     *testing.T
	sets  chan []rollout.Checkup
	since time.Time

	mu     sync.Mutex
	ill    map[string]error // by container; errHang: no answer
	begun  map[string][]time.Duration
	most   int // checks under way at once
	now    int
	told   map[string]rollout.Check
	tells  []time.Duration
	silent bool // bg hears nobody
}

var errHang = errors.New("hangs")

func newWard(t *testing.T) *ward {
	w := &ward{
		t: t, sets: make(chan []rollout.Checkup), since: time.Now(),
		ill: map[string]error{}, begun: map[string][]time.Duration{}, told: map[string]rollout.Check{},
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&Checker{ask: w.ask}).Run(ctx, w.sets, func(told map[string]rollout.Check) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told, w.tells = told, append(w.tells, w.clock())
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

func (w *ward) clock() time.Duration { return time.Since(w.since) }

func (w *ward) ask(ctx context.Context, c rollout.Checkup) (bool, error) {
	w.mu.Lock()
	w.begun[c.ID] = append(w.begun[c.ID], w.clock())
	w.now++
	w.most = max(w.most, w.now)
	err := w.ill[c.ID]
	if w.silent {
		err = errHang
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.now--
		w.mu.Unlock()
	}()
	if err == errHang {
		select {
		case <-ctx.Done():
		case <-time.After(c.Health.Timeout):
		}
		return false, err
	}
	time.Sleep(time.Millisecond)
	return true, err
}

// watch replaces the set; with it, the first checks are over.
func (w *ward) watch(set ...rollout.Checkup) {
	w.sets <- set
	w.pass(100 * time.Millisecond)
}

func (w *ward) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *ward) make(id string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ill[id] = err
}

func (w *ward) deafen(silent bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = silent
}

// is returns what was told of a container, in a word.
func (w *ward) is(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch c, ok := w.told[id]; {
	case !ok:
		return "unknown"
	case c.Deaf:
		return "deaf"
	case c.Failing:
		return "failing"
	case c.Passed:
		return "passing"
	}
	return "pending"
}

func (w *ward) want(id, want string) {
	w.t.Helper()
	if got := w.is(id); got != want {
		w.t.Errorf("after %s %s is %s, want %s", w.clock(), id, got, want)
	}
}

// until waits for a container to be told to be so, and returns how long that
// took.
func (w *ward) until(id, want string) time.Duration {
	w.t.Helper()
	began := time.Now()
	for w.is(id) != want {
		if time.Since(began) > 10*time.Minute {
			w.t.Fatalf("%s is %s and never %s", id, w.is(id), want)
		}
		w.pass(time.Millisecond)
	}
	return time.Since(began)
}

// bed is a container with labels as they are by default.
func bed(id string, alter ...func(*rollout.Checkup)) rollout.Checkup {
	c := rollout.Checkup{ID: id, Address: "10.0.0.1", Port: 80, Scheme: "http", Started: time.Unix(1, 0), Health: labels.Health{
		Set: true, Path: "/up", Interval: time.Second, Timeout: 2 * time.Second, Status: labels.StatusRange{From: 200, To: 399}, Failures: 3,
	}}
	for _, f := range alter {
		f(&c)
	}
	return c
}

func every(interval, timeout time.Duration, failures int) func(*rollout.Checkup) {
	return func(c *rollout.Checkup) {
		c.Health.Interval, c.Health.Timeout, c.Health.Failures = interval, timeout, failures
	}
}
