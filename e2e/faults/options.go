package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"bg/e2e/internal/faults"
)

// options says what to run.
type options struct {
	n, rate int // trials of each; requests a second for each app
	faults  []faults.Fault
	json    bool
}

// The most that may be asked for.
const (
	maxTrials = 1_000
	maxRate   = 500
)

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	var only, output string
	f := flag.NewFlagSet("faults", flag.ContinueOnError)
	f.SetOutput(usage)
	f.IntVar(&o.n, "n", 2, "trials of each fault")
	f.IntVar(&o.rate, "rate", 50, "requests a second for each app meanwhile")
	f.StringVar(&only, "only", "", "numbers of the faults to try, such as 1,7,22 (default: all)")
	f.StringVar(&output, "o", "text", "text or json")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.faults, err = pick(only); err != nil {
		return o, err
	}
	o.json = output == "json"
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%q is too much", f.Args())
	case o.n < 1 || o.n > maxTrials:
		return o, fmt.Errorf("-n %d: give 1 to %d", o.n, maxTrials)
	case o.rate < 10 || o.rate > maxRate:
		return o, fmt.Errorf("-rate %d: give 10 to %d", o.rate, maxRate)
	case output != "text" && output != "json":
		return o, fmt.Errorf("-o %q: give text or json", output)
	}
	return o, nil
}

// pick returns the faults of those numbers, "" for all, in the order of the list.
func pick(only string) ([]faults.Fault, error) {
	all := faults.All()
	if only == "" {
		return all, nil
	}
	var wanted []int
	for _, text := range strings.Split(only, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || !slices.ContainsFunc(all, func(f faults.Fault) bool { return f.Number == n }) {
			return nil, fmt.Errorf("-only %q: give some of 1 to %d", text, all[len(all)-1].Number)
		}
		wanted = append(wanted, n)
	}
	return slices.DeleteFunc(all, func(f faults.Fault) bool { return !slices.Contains(wanted, f.Number) }), nil
}
