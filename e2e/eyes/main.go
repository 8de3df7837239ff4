// Command eyes lets releases go bad over and over under load, on real Docker
// and a real Traefik, and prints how soon bg took each one out and what became
// of the requests.
//
//	go run ./e2e/eyes [-n 20] [-rate 500] [-only killed,hangs]
//
// Traffic goes to 127.0.0.1 only. All that was made is removed at the end, at
// Ctrl-C too. It exits with 1 when a promise is broken.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bg/e2e/internal/eyes"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/program"
	"bg/e2e/internal/show"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

func main() { program.Main("eyes", run) }

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
	live := show.NewLive(os.Stderr)
	err = strike(ctx, tb, o, r, live)
	live.Clear()
	if len(r.Rows) > 0 { // also of a run that was ended
		r.print(os.Stdout, show.StyleOf(os.Stdout))
	}
	if err == nil && r.broken() {
		err = errBroken
	}
	return err
}

// strike runs all that was asked for on one stack.
func strike(ctx context.Context, tb *testbed.Testbed, o options, r *report, live *show.Live) (err error) {
	live.Renew("starting the stack of docker-compose.yml")
	s, err := stack.Up(ctx, tb, stack.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Down(ctx)) }()
	for _, sc := range o.scenarios {
		done := 0
		live.Renew(fmt.Sprintf("%s: starting", sc.Name))
		trials, err := sc.Run(ctx, s, o.n, o.rate, func(t eyes.Trial) {
			done++
			live.Renew(fmt.Sprintf("%s: %d of %d, %s", sc.Name, done, o.n, told(sc, t)))
		})
		if len(trials) > 0 {
			r.Rows = append(r.Rows, row{sc, trials})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
