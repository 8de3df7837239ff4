package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// What TestMain prepared.
var (
	root    = context.Background() // ends at an interrupt, so that tests leave in order
	bed     *testbed.Testbed
	shared  *stack.Stack // for tests that leave Traefik and the controller alone
	missing error        // why there is no Docker
)

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run()
	}
	ctx, stop := signal.NotifyContext(root, os.Interrupt, syscall.SIGTERM)
	defer stop()
	root = ctx
	if missing = docker(ctx); missing != nil {
		if os.Getenv("CI") == "true" {
			fmt.Fprintln(os.Stderr, "e2e:", missing)
			return 1
		}
		return m.Run()
	}
	var err error
	if bed, err = testbed.Ensure(ctx, os.Stderr); err == nil {
		shared, err = stack.Up(ctx, bed, stack.Options{Progress: os.Stderr})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	// Tests mostly wait for Docker's health checks; but with the loads of three at
	// once, what two cores show is how they share them.
	if f := flag.Lookup("test.parallel"); f != nil && f.Value.String() == f.DefValue {
		flag.Set("test.parallel", "2")
	}
	code := m.Run()
	if err := shared.Down(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	return code
}

func docker(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", "version").CombinedOutput(); err != nil {
		return fmt.Errorf("Docker does not answer: %w: %s", err, out)
	}
	return nil
}

// need skips the test where it cannot run.
func need(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
	if missing != nil {
		t.Skip(missing)
	}
	if root.Err() != nil {
		t.Fatal("interrupted")
	}
}

// sharedStack is for tests that may run beside each other.
func sharedStack(t *testing.T) *stack.Stack {
	need(t)
	t.Parallel()
	return shared
}

// ownStack is for tests that disturb Traefik or the controller, or that nobody
// may disturb.
func ownStack(t *testing.T) *stack.Stack {
	need(t)
	t.Parallel()
	return freshStack(t)
}

// freshStack is an own stack for tests that bear no other ones beside them: they
// call need first.
func freshStack(t *testing.T) *stack.Stack {
	s, err := stack.Up(root, bed, stack.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the controller's last words:\n%s", s.Logs(context.Background(), s.Controller, 30))
			t.Logf("Traefik's last words:\n%s", s.Logs(context.Background(), s.Traefik, 10))
		}
		if err := s.Down(root); err != nil {
			t.Error(err)
		}
	})
	return s
}

// within returns a context for one wait.
func within(t *testing.T, limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(root, limit)
	t.Cleanup(cancel)
	return ctx
}
