package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"bg/e2e/internal/stack"
)

// events are the deaths of one container, as Docker tells them.
type events struct {
	cancel context.CancelFunc
	cmd    *exec.Cmd
	deaths chan time.Time
}

// follow begins to listen. Docker tells of what is to come only after it has
// answered; follow gives it the time.
func follow(ctx context.Context, s *stack.Stack, container string) (*events, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := s.Testbed.Docker(ctx, "events", "--filter", "container="+container,
		"--filter", "event=kill", "--filter", "event=die", "--format", "{{json .}}")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("follow Docker's events: %w", err)
	}
	e := &events{cancel: cancel, cmd: cmd, deaths: make(chan time.Time, 16)}
	go func() {
		defer close(e.deaths)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if at, err := deathTime(lines.Bytes()); err == nil {
				select {
				case e.deaths <- at:
				default: // nobody wants more than the first
				}
			}
		}
	}()
	return e, nil
}

// deathTime reads when it happened, by Docker's clock.
func deathTime(line []byte) (time.Time, error) {
	var event struct {
		Action   string
		TimeNano int64 `json:"timeNano"`
	}
	if err := json.Unmarshal(line, &event); err != nil {
		return time.Time{}, err
	}
	if event.TimeNano == 0 || event.Action != "kill" && event.Action != "die" {
		return time.Time{}, fmt.Errorf("the event %q at %d", event.Action, event.TimeNano)
	}
	return time.Unix(0, event.TimeNano), nil
}

// first returns the time of the first event since follow.
func (e *events) first(ctx context.Context) (time.Time, error) {
	select {
	case at, ok := <-e.deaths:
		if !ok {
			return at, errors.New("docker events ended before it told of the kill")
		}
		return at, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("wait for the event of the kill: %w", ctx.Err())
	}
}

func (e *events) close() {
	e.cancel()
	for range e.deaths {
	}
	_ = e.cmd.Wait() // it was interrupted
}
