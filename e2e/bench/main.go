// Command bench measures bg where its users are: on real Docker and a real
// Traefik, from a decision to the first answer by the new color, under load.
//
//	go run ./e2e/bench cutover [-n 100] [-rate 500] [-apps 1,100,1000] [-json]
//	go run ./e2e/bench cutover -n 300 -pause 6600ms -apps ""   (1,000,000 requests)
//	go run ./e2e/bench kill    [-n 20]  [-rate 500] [-how kill] [-json]
//	go run ./e2e/bench rollback [-n 50] [-rate 300] [-json]
//
// Beside each figure stands the floor: what the same Traefik needs when the
// same file is renamed by a bare loop. Traffic goes to 127.0.0.1 only. All
// that was made is removed at the end, at Ctrl-C too. It exits with 1 when a
// promise is broken: a request that was lost where none may be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/program"
	"bg/e2e/internal/show"
	"bg/e2e/internal/testbed"
)

// options says what to measure.
type options struct {
	n     int           // switches
	rate  int           // requests a second
	apps  []int         // sizes
	pause time.Duration // after each switch
	json  bool
	how   string // kill: the way to die
}

// The most that may be asked for.
const (
	maxSwitches = 10_000
	maxRate     = 2_000
	maxApps     = 4_000
)

func main() { program.Main("bench", run) }

// errBroken ends a benchmark whose report has said why already.
var errBroken = errors.New("a promise was broken: requests were lost")

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("which benchmark? cutover, kill or rollback")
	}
	measures := map[string]func(context.Context, *bench) error{"cutover": cutover, "kill": kill, "rollback": rollback}
	measure := measures[args[0]]
	if measure == nil {
		return fmt.Errorf("there is no benchmark %q: cutover, kill or rollback", args[0])
	}
	o, err := parse(args[0], args[1:], os.Stderr)
	if err != nil {
		return err
	}
	tb, err := testbed.Ensure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	b := &bench{options: o, tb: tb, live: show.NewLive(os.Stderr)}
	b.report.Name = strings.Join(args, " ")
	b.report.Facts = figures.Gather(ctx, tb, o.rate)
	if err := measure(ctx, b); err != nil {
		b.live.Clear()
		return err
	}
	b.live.Clear()
	b.report.lost()
	if o.json {
		err = b.report.printJSON(os.Stdout)
	} else {
		b.report.print(os.Stdout, show.StyleOf(os.Stdout))
	}
	if err == nil && b.report.broken() {
		err = errBroken
	}
	return err
}

// bench is one run.
type bench struct {
	options
	tb     *testbed.Testbed
	live   *show.Live
	report report
}

// say shows how far it is; on a pipe, now and then.
func (b *bench) say(what string, i, n int, t *tally) {
	if b.live.Style.Terminal || i == n || i%25 == 0 {
		b.live.Renew(fmt.Sprintf("%s: %d of %d, %s requests, %d failed", what, i, n, show.Count(t.Requests), t.Failed))
	}
}

func parse(name string, args []string, usage io.Writer) (options, error) {
	o := options{n: map[string]int{"cutover": 100, "kill": 20, "rollback": 50}[name]}
	apps := "1,100,1000"
	f := flag.NewFlagSet("bench "+name, flag.ContinueOnError)
	f.SetOutput(usage)
	f.IntVar(&o.n, "n", o.n, "switches to measure")
	f.IntVar(&o.rate, "rate", 500, "requests a second meanwhile")
	f.DurationVar(&o.pause, "pause", 100*time.Millisecond, "time between two switches")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	if name == "kill" {
		f.StringVar(&o.how, "how", "kill", "the active color dies by docker `kill`, or by a crash of its own")
	}
	if name == "cutover" {
		f.StringVar(&apps, "apps", apps, "numbers of apps to measure with beside the stack's one; \"\" for none")
	}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%q is too much", f.Args())
	}
	for text := range strings.FieldsFuncSeq(apps, func(r rune) bool { return r == ',' }) {
		count, err := strconv.Atoi(text)
		if err != nil || count < 1 || count > maxApps {
			return o, fmt.Errorf("-apps %q: give numbers from 1 to %d, such as 1,100,1000", apps, maxApps)
		}
		o.apps = append(o.apps, count)
	}
	switch {
	case name == "kill" && o.how != "kill" && o.how != "crash":
		return o, fmt.Errorf("-how %q: give kill or crash", o.how)
	case o.n < 1 || o.n > maxSwitches:
		return o, fmt.Errorf("-n %d: give 1 to %d", o.n, maxSwitches)
	case o.rate < 1 || o.rate > maxRate:
		return o, fmt.Errorf("-rate %d: give 1 to %d", o.rate, maxRate)
	case o.pause < 0 || o.pause > time.Minute:
		return o, fmt.Errorf("-pause %s: give up to 1m", o.pause)
	}
	return o, nil
}
