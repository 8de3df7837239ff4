package e2e

import (
	"strings"
	"testing"
	"time"

	"bg/controller/api"
)

// pair brings both colors up: blue first, then green, which is promoted by
// itself or, with manual, waits.
func (a *app) pair(load bool, changes ...change) *traffic {
	a.t.Helper()
	a.release(blue, "v1", changes...)
	a.await("blue serves", serves(blue))
	var tr *traffic
	if load {
		tr = a.load(rate)
		tr.only(tr.more(rate/4), blue)
	}
	a.release(green, "v2", changes...)
	return tr
}

func TestAReadyColorIsPromotedByItselfWithoutALostRequest(t *testing.T) {
	a := newApp(t, sharedStack(t))
	tr := a.pair(true)
	x, live := a.await("green serves", serves(green))
	tr.only(tr.after(live, rate), green)
	if c := color(x, blue); c.Role != "standby" || !c.Ready {
		t.Errorf("blue is %q, ready %v; want a ready standby", c.Role, c.Ready)
	}
	e := a.last("promote")
	if e.Actor != "bg" || e.Green != 100 || e.Blue != 0 || e.Cause == "" {
		t.Errorf("history: %+v", e)
	}
	tr.lossless()
	t.Logf("from the decision to the first answer of green %s", ms(tr.firstOf(green, e.Time).Sub(e.Time)))
}

func TestAManualColorWaitsForPromote(t *testing.T) {
	a := newApp(t, sharedStack(t))
	tr := a.pair(true, manual)
	x, _ := a.await("green waits", phase(api.PhaseReady))
	if !strings.Contains(x.Note, "bg promote") {
		t.Errorf("the note does not say what to do: %q", x.Note)
	}
	a.holds(2*time.Second, "green waits", func(x api.App) error { return serves(blue)(x) })
	tr.only(tr.sent(time.Time{}, time.Time{}), blue)

	said := a.bg("promote", a.name)
	live := time.Now()
	tr.only(tr.after(live, rate), green)
	if e := a.last("promote"); e.Actor == "bg" || e.Actor == "" || e.Cause != "bg promote" {
		t.Errorf("history: %+v", e)
	}
	t.Log(said)
	tr.lossless()
}

func TestRollbackGoesBackWithoutALostRequest(t *testing.T) {
	a := newApp(t, sharedStack(t))
	tr := a.pair(true)
	a.await("green serves", serves(green))
	start := time.Now()
	said := a.bg("rollback", a.name)
	live := time.Now()
	tr.only(tr.after(live, rate), blue)
	x, _ := a.await("blue serves", serves(blue))
	if c := color(x, green); c.Role != "demoted" {
		t.Errorf("green is %q after the rollback", c.Role)
	}
	e := a.last("rollback")
	if e.Actor == "bg" || e.Actor == "" || e.Blue != 100 {
		t.Errorf("history: %+v", e)
	}
	tr.lossless()
	t.Logf("%s; the command took %s, decision to first answer of blue %s",
		said, ms(live.Sub(start)), ms(tr.firstOf(blue, e.Time).Sub(e.Time)))
}

func TestWithoutAStandbyThereIsNothingToRollBackTo(t *testing.T) {
	a := newApp(t, sharedStack(t))
	a.release(blue, "v1")
	a.await("blue serves", serves(blue))
	if said := a.bgFails(1, "rollback", a.name); !strings.Contains(said, "nothing to roll back to") {
		t.Errorf("rollback said %q", said)
	}
	if said := a.bgFails(1, "promote", a.name); !strings.Contains(said, "no candidate") {
		t.Errorf("promote said %q", said)
	}
}
