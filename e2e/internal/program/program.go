// Package program runs the commands that measure bg, and ends them alike.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Main runs a command with its arguments until an interrupt or SIGTERM ends
// its context, says on standard error what went wrong, and exits: with 0, with 2
// after flag.ErrHelp, with 130 when it was interrupted, and else with 1. run has
// to remove what it has made before it returns.
func Main(name string, run func(ctx context.Context, args []string) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	os.Exit(exit(os.Stderr, name, err, interrupted))
}

// exit says how it ended and returns the exit code.
func exit(w io.Writer, name string, err error, interrupted bool) int {
	switch {
	case err == nil:
		return 0
	case interrupted && errors.Is(err, context.Canceled):
		fmt.Fprintf(w, "%s: interrupted; what it had made is removed\n", name)
		return 130
	case errors.Is(err, flag.ErrHelp):
		return 2
	}
	fmt.Fprintf(w, "%s: %v\n", name, err)
	return 1
}
