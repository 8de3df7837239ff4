package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The load of a trade, and its bounds.
const (
	tradeRate = 100 // orders a second, and half as many looks at one
	tradeOpen = 200 // requests at once
)

// trade is customers who order, each time with a new ID and never twice, and look
// at orders of a moment ago.
type trade struct {
	x    *shop
	stop func() // returns once all requests are answered

	mu       sync.Mutex
	kept     map[string]string // ID -> name of each order that was acknowledged
	newest   []string          // some of their IDs
	deals    []deal
	failures []string
}

// deal is one answered request.
type deal struct {
	at            time.Time
	took          time.Duration
	method, color string
	version       int // of the code that answered
	written       int // of the code that took the order; of a look
}

func startTrade(t *testing.T, x *shop) *trade {
	tr := &trade{x: x, kept: map[string]string{}}
	ctx, cancel := context.WithCancel(root)
	open := make(chan struct{}, tradeOpen)
	var all sync.WaitGroup
	in := func(f func()) {
		open <- struct{}{}
		all.Go(func() {
			defer func() { <-open }()
			f()
		})
	}
	all.Go(func() {
		steady(ctx, time.Second/tradeRate, loadLimit, func(n int) {
			in(func() { tr.order(n) })
			if n%2 == 1 {
				in(tr.look)
			}
		})
	})
	tr.stop = sync.OnceFunc(func() { cancel(); all.Wait() })
	t.Cleanup(tr.stop)
	return tr
}

// order orders, and keeps the ID if that is acknowledged.
func (tr *trade) order(n int) {
	id := fmt.Sprintf("o%06d", n)
	name := "customer " + strconv.FormatUint(rand.Uint64(), 36)
	if _, ok := tr.ask(http.MethodPost, "/orders", fmt.Sprintf(`{"id": %q, "name": %q}`, id, name), http.StatusCreated); !ok {
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.kept[id] = name
	tr.newest = append(tr.newest, id)
	tr.newest = tr.newest[max(0, len(tr.newest)-20):]
}

// look asks for one of the newest orders and checks what it reads.
func (tr *trade) look() {
	tr.mu.Lock()
	if len(tr.newest) == 0 {
		tr.mu.Unlock()
		return
	}
	id := tr.newest[rand.N(len(tr.newest))]
	name := tr.kept[id]
	tr.mu.Unlock()
	text, ok := tr.ask(http.MethodGet, "/orders/"+id, "", http.StatusOK)
	if !ok {
		return
	}
	var found sale
	if err := json.Unmarshal([]byte(text), &found); err != nil || found.ID != id || found.Name != name {
		tr.fail("order %s is of %q and reads %q (%v)", id, name, text, err)
	}
}

// ask sends one request and records what came of it.
func (tr *trade) ask(method, path, body string, want int) (text string, ok bool) {
	sent := time.Now()
	res, text, err := tr.x.send(method, tr.x.s.URL()+path, body)
	took := time.Since(sent)
	if err != nil || res.StatusCode != want {
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		tr.fail("%s: %s %s: after %s status %d %.200q, error %v", sent.Format("15:04:05.000"), method, path, took.Round(time.Millisecond), status, text, err)
		return "", false
	}
	d := deal{at: sent, took: took, method: method, color: res.Header.Get("X-Color"), version: number(res.Header.Get("X-Version"))}
	if method == http.MethodGet {
		var found sale
		json.Unmarshal([]byte(text), &found) // look judges it
		d.written = number(found.Version)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.deals = append(tr.deals, d)
	return text, true
}

func (tr *trade) fail(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.failures = append(tr.failures, fmt.Sprintf(format, args...))
}

// number is a version without its v, 0 if it is none.
func number(version string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(version, "v"))
	return n
}

// overlap is what two colors did side by side.
type overlap struct {
	orders, looks map[string]int // by color
	forward, back int            // looks of the new code at orders of the old, and the other way round
}

// since returns what was answered to requests sent from then on, by the code of
// version n and the one before.
func (tr *trade) since(from time.Time, n int) overlap {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	o := overlap{orders: map[string]int{}, looks: map[string]int{}}
	for _, d := range tr.deals {
		switch {
		case d.at.Before(from):
			continue
		case d.method == http.MethodPost:
			o.orders[d.color]++
			continue
		case d.version == n && d.written == n-1:
			o.forward++
		case d.version == n-1 && d.written == n:
			o.back++
		}
		o.looks[d.color]++
	}
	return o
}

// mixed reports whether each color took orders and read them, and each read what
// the other had written.
func (o overlap) mixed() bool {
	return o.orders[blue] > 0 && o.orders[green] > 0 && o.looks[blue] > 0 && o.looks[green] > 0 && o.forward > 0 && o.back > 0
}

func (o overlap) String() string {
	return fmt.Sprintf("orders by blue %d, by green %d; looks by blue %d, by green %d; new code read old's %d times, old code new's %d times",
		o.orders[blue], o.orders[green], o.looks[blue], o.looks[green], o.forward, o.back)
}

// settle ends the trade, fails the test for each request that was lost, and for
// each acknowledged order that the database does not have exactly once and as it
// was given.
func (tr *trade) settle(found []sale) {
	t := tr.x.t
	t.Helper()
	if n := len(tr.failures); n > 0 {
		t.Errorf("%d requests failed, among them:\n  %s", n, strings.Join(tr.failures[:min(n, 8)], "\n  "))
	}
	times, versions := map[string]int{}, map[int]int{}
	for _, o := range found {
		times[o.ID]++
		versions[number(o.Version)]++
		if name, ok := tr.kept[o.ID]; !ok {
			t.Errorf("order %s is in the database and was never acknowledged", o.ID)
		} else if name != o.Name {
			t.Errorf("order %s was of %q and is of %q", o.ID, name, o.Name)
		}
	}
	for id := range tr.kept {
		if times[id] != 1 {
			t.Errorf("order %s was acknowledged and is %d times in the database", id, times[id])
		}
	}
	var took []time.Duration
	for _, d := range tr.deals {
		took = append(took, d.took)
	}
	slices.Sort(took)
	if len(took) == 0 {
		t.Fatal("no request was answered")
	}
	var by []string
	for _, n := range slices.Sorted(maps.Keys(versions)) {
		by = append(by, fmt.Sprintf("v%d %d", n, versions[n]))
	}
	t.Logf("%d requests, %d failed; %d orders acknowledged, %d in the database (%s); p50 %s, p99 %s, max %s",
		len(tr.deals)+len(tr.failures), len(tr.failures), len(tr.kept), len(found), strings.Join(by, ", "),
		ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1]))
}
