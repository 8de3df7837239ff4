package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// orders is a load of POSTs, each with an ID of its own, sent once.
type orders struct {
	stop func() // returns once all are answered

	mu       sync.Mutex
	sent     map[string]time.Time
	answered map[string]time.Duration // those that were answered 200, and how long that took
	lost     []string                 // how the others ended
}

func (a *app) orders(perSecond int) *orders {
	a.t.Helper()
	o := &orders{sent: map[string]time.Time{}, answered: map[string]time.Duration{}}
	client := http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	ctx, cancel := context.WithCancel(root)
	var all sync.WaitGroup
	all.Go(func() {
		steady(ctx, time.Second/time.Duration(perSecond), loadLimit, func(n int) {
			all.Go(func() { o.order(&client, a.s.URL(), a.host, fmt.Sprintf("o-%d", n)) })
		})
	})
	o.stop = sync.OnceFunc(func() { cancel(); all.Wait() })
	a.t.Cleanup(o.stop)
	return o
}

func (o *orders) order(client *http.Client, url, host, id string) {
	at := time.Now()
	o.mu.Lock()
	o.sent[id] = at
	o.mu.Unlock()
	// The body keeps the client from sending it twice by itself.
	req, err := http.NewRequestWithContext(root, http.MethodPost, url+"/once/"+id, struct{ *strings.Reader }{strings.NewReader("an order")})
	fault := ""
	if err == nil {
		req.Host = host
		var res *http.Response
		if res, err = client.Do(req); err == nil {
			if res.Body.Close(); res.StatusCode != http.StatusOK {
				fault = res.Status
			}
		}
	}
	if err != nil {
		fault = err.Error()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if fault == "" {
		o.answered[id] = time.Since(at)
		return
	}
	o.lost = append(o.lost, fmt.Sprintf("%s: after %s %s", id, ms(time.Since(at)), fault))
}

// more waits until n more orders are answered.
func (o *orders) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		o.mu.Lock()
		defer o.mu.Unlock()
		return len(o.answered)
	}
	limit, want := within(t, patience), count()+n
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for count() < want {
		select {
		case <-limit.Done():
			t.Fatalf("%d of %d orders are answered", count(), want)
		case <-tick.C:
		}
	}
}

// taken returns how often each order was taken, as the colors' own logs tell.
func (a *app) taken(containers ...string) map[string]int {
	a.t.Helper()
	times := map[string]int{}
	for _, c := range containers {
		for line := range strings.Lines(a.docker("logs", c)) {
			if id, ok := strings.CutPrefix(strings.TrimSpace(line), "once "); ok {
				times[id]++
			}
		}
	}
	return times
}

// A request that the dead color may have begun to read is lost: nobody can tell
// what became of it. One that it never got goes to the other color, by Traefik
// alone: the controller sleeps meanwhile, and can't take the dead one out.
func TestWhenACanaryIsKilledNoOrderIsDoubledAndHardlyAnyLost(t *testing.T) {
	need(t) // alone: what is under way at the kill is more where others take the machine's time
	s := freshStack(t)
	for _, failover := range []bool{true, false} {
		t.Run(fmt.Sprintf("failover %t", failover), func(t *testing.T) {
			a := newApp(t, s)
			a.pair(false, manual, func(r *stack.Release) { r.Labels = map[string]string{"bg.failover": fmt.Sprint(failover)} })
			a.await("green waits", phase(api.PhaseReady))
			a.bg("canary", a.name, "50")
			a.await("green has half", weight(50))
			o := a.orders(200)
			o.more(t, 200)
			containers := []string{a.container(blue, "web", 1), a.container(green, "web", 1)}
			a.docker("pause", s.Controller)
			a.docker("kill", containers[1])
			o.more(t, 400)
			a.docker("unpause", s.Controller)
			a.await("green falls", fallen)
			o.more(t, 200)
			o.stop()
			o.settle(t, a.taken(containers...))
			// Those under way at the kill; without failover half of all since then.
			if few := len(o.lost) <= 5; few != failover {
				t.Errorf("%d are lost", len(o.lost))
			}
		})
	}
}

// settle fails the test for each order that was taken twice, and for each
// acknowledged one that was not taken.
func (o *orders) settle(t *testing.T, times map[string]int) {
	t.Helper()
	doubled := 0
	for id, n := range times {
		if n > 1 {
			doubled++
			t.Errorf("order %s was taken %d times", id, n)
		}
		if o.sent[id].IsZero() {
			t.Errorf("order %s was taken and never sent", id)
		}
	}
	var longest time.Duration
	for id, took := range o.answered {
		if longest = max(longest, took); times[id] != 1 {
			t.Errorf("order %s was acknowledged and taken %d times", id, times[id])
		}
	}
	t.Logf("%d orders, %d acknowledged, the slowest after %s, %d doubled, %d lost: %q",
		len(o.sent), len(o.answered), ms(longest), doubled, len(o.lost), o.lost[:min(3, len(o.lost))])
}
