package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"bg/e2e/internal/eyes"
)

// options says what to run.
type options struct {
	n, rate   int // trials of each; requests a second
	scenarios []eyes.Scenario
}

// The most that may be asked for.
const (
	maxTrials = 1_000
	maxRate   = 2_000
)

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	var only string
	f := flag.NewFlagSet("eyes", flag.ContinueOnError)
	f.SetOutput(usage)
	f.IntVar(&o.n, "n", 20, "trials of each scenario")
	f.IntVar(&o.rate, "rate", 500, "requests a second meanwhile")
	f.StringVar(&only, "only", "", "scenarios to run, such as killed,hangs (default: all of\n"+strings.Join(names(eyes.Scenarios()), ", ")+")")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.scenarios, err = pick(only); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%q is too much", f.Args())
	case o.n < 1 || o.n > maxTrials:
		return o, fmt.Errorf("-n %d: give 1 to %d", o.n, maxTrials)
	case o.rate < 10 || o.rate > maxRate:
		return o, fmt.Errorf("-rate %d: give 10 to %d", o.rate, maxRate)
	}
	return o, nil
}

// pick returns the scenarios of those names, "" for all, in the order of the list.
func pick(only string) ([]eyes.Scenario, error) {
	all := eyes.Scenarios()
	if only == "" {
		return all, nil
	}
	wanted := strings.Split(only, ",")
	for _, name := range wanted {
		if !slices.Contains(names(all), name) {
			return nil, fmt.Errorf("-only %q: give some of %s", name, strings.Join(names(all), ","))
		}
	}
	return slices.DeleteFunc(all, func(s eyes.Scenario) bool { return !slices.Contains(wanted, s.Name) }), nil
}

func names(scenarios []eyes.Scenario) []string {
	var all []string
	for _, s := range scenarios {
		all = append(all, s.Name)
	}
	return all
}
