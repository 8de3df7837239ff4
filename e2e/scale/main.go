// Command scale measures what bg takes with many apps: the real controller as
// a process, between a Docker engine and a Traefik that are made up here, so
// it needs neither, and what is measured is bg alone.
//
//	go run ./e2e/scale [-window 30s] [-flips 200] [-rate 200] [-json]
//
// For each size it prints the time from the start to the first file and until
// every app is served, the memory and the CPU without anything to do, and then,
// with so many events a second, the CPU and the time from an event that matters
// to the renamed file. It exits with 1 where a goal of the README is not held.
// Linux only: it reads /proc.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"bg/e2e/internal/program"
	"bg/e2e/internal/show"
)

// options says how long to measure.
type options struct {
	window time.Duration // without anything to do
	flips  int           // events that matter
	rate   int           // events a second, all together
	json   bool
}

// errMissed ends a run whose table has said why already.
var errMissed = errors.New("a goal was not held")

func main() { program.Main("scale", run) }

func run(ctx context.Context, args []string) error {
	o, err := parse(args, os.Stderr)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bg-scale-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	live := show.NewLive(os.Stderr)
	defer live.Clear()
	live.Renew("building bg")
	bin, err := build(ctx, folder)
	if err != nil {
		return err
	}
	r := newReport(o)
	for _, s := range sizes {
		live.Renew("measuring " + s.String())
		f, err := measure(ctx, bin, s, o)
		if err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
		r.Rows = append(r.Rows, row{s, f})
	}
	live.Clear()
	r.judge()
	if o.json {
		err = r.printJSON(os.Stdout)
	} else {
		r.print(os.Stdout, show.StyleOf(os.Stdout))
	}
	if err == nil && !r.held() {
		err = errMissed
	}
	return err
}

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("scale", flag.ContinueOnError)
	f.SetOutput(usage)
	f.DurationVar(&o.window, "window", 30*time.Second, "time without anything to do")
	f.IntVar(&o.flips, "flips", 200, "events that change the file, ten a second")
	f.IntVar(&o.rate, "rate", 200, "events a second meanwhile")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%q is too much", f.Args())
	case o.window < time.Second || o.window > time.Hour:
		return o, fmt.Errorf("-window %s: give 1s to 1h", o.window)
	case o.flips < 1 || o.flips > 10_000:
		return o, fmt.Errorf("-flips %d: give 1 to 10000", o.flips)
	case o.rate < 1 || o.rate > 2_000:
		return o, fmt.Errorf("-rate %d: give 1 to 2000", o.rate)
	}
	return o, nil
}
