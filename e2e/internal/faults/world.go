package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// World is what trials share: stacks, each brought up by the first one that needs
// it, and a binary of bg with failure points. Trials may run beside each other.
type World struct {
	testbed *testbed.Testbed
	rate    int // requests a second for each app

	free chan *stack.Stack // those that no trial uses; nil for one that is not up yet

	build  sync.Once
	folder string
	killer string // the binary with failure points
	err    error
}

// stacks is how many trials can have a stack at once. A trial disturbs all of its
// stack, so each has one to itself.
const stacks = 3

// NewWorld returns a World in which each app gets so many requests a second.
func NewWorld(tb *testbed.Testbed, rate int) *World {
	w := &World{testbed: tb, rate: rate, free: make(chan *stack.Stack, stacks)}
	for range stacks {
		w.free <- nil
	}
	return w
}

// stack waits for a stack that no other trial uses. The func gives it back.
func (w *World) stack(ctx context.Context) (*stack.Stack, func(), error) {
	var s *stack.Stack
	select {
	case s = <-w.free:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if s == nil {
		var err error
		if s, err = stack.Up(ctx, w.testbed, stack.Options{}); err != nil {
			w.free <- nil
			return nil, nil, err
		}
	}
	return s, func() { w.free <- s }, nil
}

// failing returns a bg that fails where it is told to: see package failpoint.
func (w *World) failing(ctx context.Context) (string, error) {
	w.build.Do(func() {
		if w.folder, w.err = os.MkdirTemp("", "bg-faults-"); w.err != nil {
			return
		}
		w.killer = filepath.Join(w.folder, "bg")
		cmd := exec.CommandContext(ctx, "go", "build", "-tags", "failpoints", "-o", w.killer, "./cmd/bg")
		cmd.Dir = w.testbed.Root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			w.err = fmt.Errorf("build bg with failure points: %w: %s", err, out)
		}
	})
	return w.killer, w.err
}

// Close removes what the trials shared, also when ctx has ended. No trial runs any
// more.
func (w *World) Close(ctx context.Context) error {
	var err error
	for range stacks {
		if s := <-w.free; s != nil {
			err = errors.Join(err, s.Down(ctx))
		}
	}
	if w.folder != "" {
		err = errors.Join(err, os.RemoveAll(w.folder))
	}
	return err
}
