// Command simulate shows what bg's judge does with releases that are as good
// as the old one and with such that are not, beside two rules that look at
// the new color alone.
//
//	go run ./e2e/simulate [-n 200] [-seed 1]
//
// It needs no Docker. Each run is an hour of history and up to an hour of
// canary or soak, with a poll each second. One table is printed: for a good
// release how many were demoted, for a bad one the median and the 95th
// percentile of the time until it was.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	"bg/e2e/internal/show"
)

// maxRuns is the most runs of a scenario that may be asked for.
const maxRuns = 1_000_000

func main() {
	n := flag.Int("n", 200, "releases of each scenario")
	seed := flag.Uint64("seed", 1, "chance starts here; the same seed tells the same")
	flag.Parse()
	if flag.NArg() > 0 || *n < 1 || *n > maxRuns {
		fmt.Fprintf(os.Stderr, "simulate: give -n 1 to %d, and no arguments\n", maxRuns)
		os.Exit(2)
	}
	live := show.NewLive(os.Stderr)
	table := show.Table{Head: append([]string{"scenario", "runs"}, watchers...), Left: 1}
	for _, s := range slices.Concat(nulls(), regressions()) {
		live.Renew(s.name)
		table.Add(s.simulate(*seed, *n).row()...)
	}
	live.Clear()
	fmt.Printf("seed %d; alpha 1%%; time to demote: median / 95th percentile\n\n", *seed)
	fmt.Print(table.Render(show.StyleOf(os.Stdout), ""))
}
