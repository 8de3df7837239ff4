package testbed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// shownLines is how much of a failed command's output goes into its error.
const shownLines = 12

// leaveTime is how long an interrupted command has before it is killed. Docker
// and go clean up after themselves in it.
const leaveTime = 10 * time.Second

// output runs cmd within limit and returns its standard output, trimmed. The
// error names the command and ends with its last lines.
func output(ctx context.Context, limit time.Duration, cmd *exec.Cmd) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("%s: %w", shown(cmd), err)
	}
	// Not every cmd carries a context of its own, so the limit is kept here.
	left := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-left:
		case <-time.After(leaveTime):
			cmd.Process.Kill()
		}
	})
	defer stop()
	err := cmd.Wait()
	close(left)
	switch {
	case err == nil:
		return strings.TrimSpace(stdout.String()), nil
	case ctx.Err() != nil:
		err = fmt.Errorf("stopped after its limit of %s (%w)", limit, ctx.Err())
	}
	return "", fmt.Errorf("%s: %w%s", shown(cmd), err, tail(stdout.String()+stderr.String()))
}

// goTool returns the go command in dir, of the root module or of a tool module.
// A workspace file of the user's would mix the modules, so it is left out.
func goTool(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = leaveTime
	return cmd
}

func shown(cmd *exec.Cmd) string {
	words := append([]string{filepath.Base(cmd.Path)}, cmd.Args[1:]...)
	return strings.Join(words, " ")
}

func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > shownLines {
		lines = lines[len(lines)-shownLines:]
	}
	var b strings.Builder
	for _, line := range lines {
		if line != "" {
			b.WriteString("\n    " + line)
		}
	}
	return b.String()
}
