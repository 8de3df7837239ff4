// Command demo shows bg deploy at work, in about a minute: an app behind Traefik
// under load, a release by canary, one that fails its smoke test, one that dies
// in its soak and is taken back by itself, and a rollback.
//
//	go run ./e2e/demo           leaves everything up to be played with
//	go run ./e2e/demo --down    removes it again
//
// It is the real thing: docker-compose.yml under its own name, and the
// commands that it shows. It exits with 1 if a request is lost where none may
// be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"bg/e2e/internal/show"
	"bg/e2e/internal/testbed"
)

// downCommand is what people are told to type.
const downCommand = "go run ./e2e/demo --down"

func main() {
	down := flag.Bool("down", false, "remove everything that the demo made, but the images")
	rate := flag.Int("rate", 300, "requests a second, 50 to 500")
	flag.Parse()
	if *rate < 50 || *rate > 500 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends it at once.
	context.AfterFunc(ctx, stop)
	live := show.NewLive(os.Stdout)
	os.Exit(exit(ctx, live, run(ctx, live, *down, *rate)))
}

// errLost ends a demo whose table has said what was lost.
var errLost = errors.New("requests were lost where none may be")

// exit says what is left to do, and returns the exit code.
func exit(ctx context.Context, live *show.Live, err error) int {
	live.Keep()
	if err == nil {
		return 0
	}
	s := live.Style
	if ctx.Err() != nil {
		fmt.Printf("\nInterrupted. What was started is still up; to remove it:  %s\n", s.Command(downCommand))
		return 130
	}
	fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
	var foreign *foreignError
	if !errors.As(err, &foreign) {
		fmt.Printf("What was started may still be up; to remove it:  %s\n", s.Command(downCommand))
	}
	return 1
}

func run(ctx context.Context, live *show.Live, down bool, rate int) error {
	if down {
		tb, err := testbed.Ensure(ctx, quiet{})
		if err != nil {
			return err
		}
		h := house{tb: tb}
		found, err := h.clear(ctx)
		if err == nil && found {
			live.Print("The demo is removed: containers, networks, volumes, releases. The images of go run ./e2e/images stay.")
		} else if err == nil {
			live.Print("There is nothing of the demo to remove.")
		}
		return err
	}
	live.Print("%s\n", live.Style.Bold("bg: releases of Docker Compose apps that lose no request"))
	live.Print("%s", heading(live.Style, "Prepare", "Docker Compose, Traefik, bg and a sample app; the first time takes minutes"))
	tb, err := testbed.Ensure(ctx, indented{os.Stdout})
	if err != nil {
		return err
	}
	d := &demo{house: house{tb: tb}, live: live, rate: rate}
	defer d.close()
	return d.play(ctx)
}

// quiet drops progress.
type quiet struct{}

func (quiet) Write(b []byte) (int, error) { return len(b), nil }

// indented sets lines in. Each Write is whole lines.
type indented struct{ f *os.File }

func (i indented) Write(b []byte) (int, error) {
	_, err := i.f.WriteString(indent(string(b)))
	return len(b), err
}
