package rollout

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkDecide measures one decision over apps of two containers each:
// with nothing to do, and with the cutover of one app.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		var seen []*Container
		for i := range n {
			app := of(fmt.Sprintf("app%04d", i))
			seen = append(seen, blue("web", Ready, app), green("web", Ready, app))
		}
		both := world(seen...)
		late := *seen[1]
		late.Condition = Starting
		seen[1] = &late
		before, _ := Decide(State{}, Input{Now: now, World: world(seen...)})
		now = now.Add(Settle)
		before, _ = Decide(before, Input{Now: now, World: world(seen...)})
		steady, _ := Decide(before, Input{Now: now, World: both, Confirmed: before.Generation})
		b.Run(fmt.Sprintf("apps=%d/steady", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, plan := Decide(steady, Input{Now: now, World: both, Confirmed: steady.Generation}); plan.Routing != nil {
					b.Fatal("it is not steady")
				}
			}
		})
		b.Run(fmt.Sprintf("apps=%d/cutover", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, plan := Decide(before, Input{Now: now, World: both, Confirmed: before.Generation}); plan.Routing == nil {
					b.Fatal("nothing was cut over")
				}
			}
		})
	}
}
