package e2e

import (
	"fmt"
	"math"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/load"
)

// weight is true when green has that percent and it is live.
func weight(percent int) func(api.App) error {
	return func(x api.App) error {
		if c := color(x, green); c.Weight != percent || !x.Live {
			return fmt.Errorf("green has %d%%, live %v", c.Weight, x.Live)
		}
		return nil
	}
}

// Traefik's weighted round robin starts anew at each reload, so this test is not
// run beside others: what is tested is the share between two writes.
func TestACanaryGetsItsShareOfTenThousandRequests(t *testing.T) {
	need(t)
	a := newApp(t, shared)
	a.pair(false, manual)
	a.await("green waits", phase(api.PhaseReady))
	t.Log(a.bg("canary", a.name, "10"))
	run, err := load.Start(root, load.Options{
		Target: a.s.URL(), Host: a.host, Rate: 500, Duration: 20 * time.Second, Connections: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	<-run.Done()
	r := run.Stop()
	share := 100 * float64(r.Colors[green]) / float64(r.Requests)
	t.Logf("%d requests, %d failed, green %.2f%%; p50 %s, p99 %s", r.Requests, r.Failed, share, ms(r.P50), ms(r.P99))
	if r.Requests != 10_000 || r.Failed > 0 || math.Abs(share-10) > 0.5 {
		t.Errorf("want 10,000 requests, none lost, green 10 ± 0.5%%: %+v", r)
	}
	if e := a.last("canary"); e.Green != 10 || e.Blue != 90 || e.Actor == "bg" {
		t.Errorf("history: %+v", e)
	}
}

func TestACanaryGoesFromNothingToAllAndBack(t *testing.T) {
	a := newApp(t, sharedStack(t))
	tr := a.pair(true, manual)
	x, _ := a.await("green waits", phase(api.PhaseReady))
	a.bg("canary", a.name, "0")
	if y, _ := a.await("nothing changes", weight(0)); y.Generation != x.Generation {
		t.Errorf("a canary of 0 on a candidate without traffic made generation %d of %d", y.Generation, x.Generation)
	}
	tr.only(tr.more(rate/2), blue)

	a.bg("canary", a.name, "100")
	live := time.Now()
	x, _ = a.await("green has all", weight(100))
	if x.Active != blue {
		t.Errorf("a canary of 100 made %q active; only promote does that", x.Active)
	}
	tr.only(tr.after(live, rate), green)

	a.bg("canary", a.name, "0")
	live = time.Now()
	tr.only(tr.after(live, rate), blue)

	a.bg("canary", a.name, "50%")
	live = time.Now()
	if c := tr.after(live, 2*rate); c.failed > 0 || c.colors[blue] == 0 || c.colors[green] == 0 {
		t.Errorf("at 50%%: %s", c)
	}
	for _, wrong := range []string{"101", "-1", "ten"} {
		a.bgFails(2, "canary", a.name, wrong)
	}
	a.bg("promote", a.name)
	live = time.Now()
	tr.only(tr.after(live, rate), green)
	tr.lossless()
}
