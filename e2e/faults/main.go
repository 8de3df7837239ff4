// Command faults makes everything around bg fail, over and over and under load,
// and prints what came of it.
//
//	go run ./e2e/faults [-n 2] [-rate 50] [-only 1,7,22] [-o json]
//
// Traffic goes to 127.0.0.1 only. All that was made is removed at the end, at
// Ctrl-C too. It exits with 1 when a promise is broken.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bg/e2e/internal/faults"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/program"
	"bg/e2e/internal/show"
	"bg/e2e/internal/testbed"
)

func main() { program.Main("faults", run) }

// errBroken ends a run whose report has said why already.
var errBroken = errors.New("a promise was broken")

func run(ctx context.Context, args []string) error {
	o, err := parse(args, os.Stderr)
	if err != nil {
		return err
	}
	tb, err := testbed.Ensure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	r := &report{Facts: figures.Gather(ctx, tb, o.rate)}
	r.Facts.Seed = "each trial's number, from 0, of what faults 3 and 4 draw"
	live := show.NewLive(os.Stderr)
	err = try(ctx, tb, o, r, live)
	live.Clear()
	r.Took = time.Since(r.Facts.Date)
	if len(r.Rows) > 0 { // also of a run that was ended
		if o.json {
			err = errors.Join(err, r.encode(os.Stdout))
		} else {
			r.print(os.Stdout, show.StyleOf(os.Stdout))
		}
	}
	if err == nil && r.broken() {
		err = errBroken
	}
	return err
}

// try runs all that was asked for.
func try(ctx context.Context, tb *testbed.Testbed, o options, r *report, live *show.Live) (err error) {
	w := faults.NewWorld(tb, o.rate)
	defer func() { err = errors.Join(err, w.Close(ctx)) }()
	done, of := 0, o.n*len(o.faults)
	live.Renew(fmt.Sprintf("0 of %d trials", of))
	return faults.RunAll(ctx, w, o.faults, o.n, func(f faults.Fault, trial int, out faults.Outcome) {
		done++
		r.add(f, out)
		for _, text := range out.Violations {
			live.Print("%s, trial %d: %s", f.Name(), trial+1, text)
		}
		live.Renew(fmt.Sprintf("%d of %d trials: %s, %s", done, of, f.Name(), told(out)))
	})
}
