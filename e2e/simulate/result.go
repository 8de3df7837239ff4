package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"bg/e2e/internal/show"
)

// result is what became of the releases of one scenario, by watcher.
type result struct {
	scenario scenario
	runs     int
	demoted  [3]int   // before anything was wrong
	missed   [3]int   // of those with a fault that were not demoted too early
	took     [3][]int // seconds from the fault to the demotion, sorted
}

// simulate runs n releases of a scenario on all cores. The result depends on
// the seed alone.
func (s scenario) simulate(seed uint64, n int) result {
	outcomes := make([][3]int, n)
	var wg sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		wg.Go(func() {
			for i := core; i < n; i += cores {
				outcomes[i] = s.release(seed, i)
			}
		})
	}
	wg.Wait()
	r := result{scenario: s, runs: n}
	for _, outcome := range outcomes {
		for w, at := range outcome {
			switch {
			case at != never && (s.bad == noFault || at < s.bad):
				r.demoted[w]++
			case s.bad == noFault:
			case at == never:
				r.missed[w]++
			default:
				r.took[w] = append(r.took[w], at-s.bad+1)
			}
		}
	}
	for w := range r.took {
		slices.Sort(r.took[w])
	}
	return r
}

// quantile is the time within which the given share of the faulty releases
// was demoted, those that never were included; 0 if it was not reached.
func (r result) quantile(w int, share float64) time.Duration {
	all := len(r.took[w]) + r.missed[w]
	i := int(share * float64(all))
	if i >= len(r.took[w]) {
		return 0
	}
	return time.Duration(r.took[w][i]) * time.Second
}

// falsely is the share of releases that were demoted for nothing.
func (r result) falsely(w int) float64 { return float64(r.demoted[w]) / float64(r.runs) }

// row is the result as cells of the table.
func (r result) row() []string {
	cells := []string{r.scenario.name, show.Count(r.runs)}
	for w := range watchers {
		if r.scenario.bad == noFault {
			cells = append(cells, percent(r.demoted[w], r.runs)+" demoted")
			continue
		}
		cell := fmt.Sprintf("%s / %s", seconds(r.quantile(w, 0.5)), seconds(r.quantile(w, 0.95)))
		if r.missed[w] > 0 {
			cell += ", " + percent(r.missed[w], r.runs) + " missed"
		}
		if r.demoted[w] > 0 {
			cell += ", " + percent(r.demoted[w], r.runs) + " too early"
		}
		cells = append(cells, cell)
	}
	return cells
}

func percent(n, of int) string { return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(of)) }

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}
