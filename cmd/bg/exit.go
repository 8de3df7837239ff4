package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bg/controller/api"
)

// The exit codes.
const (
	exitDone         = 0
	exitFailed       = 1 // refused or failed
	exitUsage        = 2
	exitDemoted      = 3 // the change was taken back
	exitTimeout      = 4
	exitNoController = 5
	exitInterrupted  = 130 // as shells have it for SIGINT
)

// exitError is an error with an exit code. An empty text prints nothing:
// the command has said all.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func usagef(format string, args ...any) error {
	return &exitError{code: exitUsage, text: fmt.Sprintf(format, args...)}
}

// exit prints err for people and returns the exit code.
func (p *program) exit(ctx context.Context, err error) int {
	var own *exitError
	code := exitFailed
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &own):
		code = own.code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, api.ErrNoController):
		code = exitNoController
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(p.err, "bg: %s\n", strings.TrimRight(printable(text), "\n"))
	}
	return code
}
