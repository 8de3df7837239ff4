package e2e

import (
	"math"
	"slices"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

func sticky(r *stack.Release) { r.Labels = map[string]string{"bg.sticky": "true"} }

// Like the test of a plain canary's share, not run beside others.
func TestACanaryOfVisitorsGetsItsShareAndEachKeepsTheColor(t *testing.T) {
	need(t)
	a := newApp(t, shared)
	a.pair(false, manual, sticky)
	a.await("green waits", phase(api.PhaseReady))
	a.bg("canary", a.name, "10")
	run, err := load.Start(root, load.Options{Target: a.s.URL(), Host: a.host, Rate: 500, Duration: 20 * time.Second, Connections: 100})
	if err != nil {
		t.Fatal(err)
	}
	<-run.Done()
	r := run.Stop()
	share := 100 * float64(r.Colors[green]) / float64(r.Requests)
	t.Logf("%d visitors without a cookie, %d requests failed, green %.2f%%", r.Requests, r.Failed, share)
	if r.Requests != 10_000 || r.Failed > 0 || math.Abs(share-10) > 1 {
		t.Errorf("want 10,000 requests, none lost, green 10 ± 1%%: %+v", r)
	}

	all := make([]*visitor, 300)
	for i := range all {
		all[i] = a.visitor()
	}
	count, first := visits(t, all, "GET", "/")
	t.Logf("of 300 visitors %d got green", count[green])
	if math.Abs(float64(count[green])-30) > 3 {
		t.Errorf("want 30 ± 3 of them on green: %v", count)
	}
	for i, change := range []string{"", "30", ""} { // before, at and after a change of the share
		if change != "" {
			a.bg("canary", a.name, change)
		}
		for _, request := range [][2]string{{"POST", "/echo"}, {"GET", "/"}} {
			if _, got := visits(t, all, request[0], request[1]); !slices.Equal(got, first) {
				t.Errorf("visit %d, %s: %v", i+1, request[0], changed(first, got))
			}
		}
	}
	fresh := make([]*visitor, 200)
	for i := range fresh {
		fresh[i] = a.visitor()
	}
	if count, _ := visits(t, fresh, "GET", "/"); math.Abs(float64(count[green])-60) > 4 {
		t.Errorf("want 60 ± 4 of 200 new visitors on green at 30%%: %v", count)
	}

	tr := a.load(rate)
	a.bg("rollback", a.name)
	live := time.Now()
	if count, _ := visits(t, all, "GET", "/"); count[green] > 0 {
		t.Errorf("after the demotion green still has %d visitors", count[green])
	}
	tr.only(tr.after(live, rate), blue)
	tr.lossless()

	// Who was kept with green is no more likely to get the next green.
	a.release(green, "v3", manual, sticky)
	a.await("the new green waits", phase(api.PhaseReady))
	a.bg("canary", a.name, "10")
	if count, again := visits(t, all, "GET", "/"); math.Abs(float64(count[green])-30) > 3 || slices.Equal(first, again) {
		t.Errorf("want 30 ± 3 of the same visitors on the next green: %v", count)
	}
}

// changed counts those who have another color than they had.
func changed(was, is []string) map[string]int {
	out := map[string]int{}
	for i := range was {
		if was[i] != is[i] {
			out[was[i]+" to "+is[i]]++
		}
	}
	return out
}
