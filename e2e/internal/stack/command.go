package stack

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Docker runs `docker args...` and returns its standard output. The error names
// the command and holds what it said.
func (s *Stack) Docker(ctx context.Context, args ...string) ([]byte, error) {
	return run(ctx, s.Testbed.Docker(ctx, args...))
}

// BG runs the bg binary on this machine, as a user would, against the controller
// of this stack. A code of -1 says that it could not be run or was killed.
func (s *Stack) BG(ctx context.Context, args ...string) (stdout, stderr string, code int) {
	cmd := exec.CommandContext(ctx, s.Testbed.BG, args...)
	cmd.Env = append(s.Testbed.Env(), "BG_CONTROLLER="+s.Controller, "BG_HOST=")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return "", err.Error(), -1
	}
	return out.String(), words.String(), cmd.ProcessState.ExitCode()
}

func run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	// A group of its own: Ctrl-C is for the test or the demo, which then
	// needs these commands to clean up.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return stdout.Bytes(), fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, lastLines(stderr.String(), 8))
	}
	return stdout.Bytes(), nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
