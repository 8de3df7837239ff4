package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// build makes the controller's binary.
func build(ctx context.Context, folder string) (string, error) {
	bin := filepath.Join(folder, "bg")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", bin, "bg/cmd/bg")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build bg: %w: %s", err, bytes.TrimSpace(out))
	}
	return bin, nil
}

// process is the controller while it runs.
type process struct {
	cmd   *exec.Cmd
	log   string // file
	begun time.Time
	ended chan error
}

func start(bin, log string, env []string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{cmd: exec.Command(bin, args...), log: log, ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the benchmark
	p.begun = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the controller: %w", err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return p, nil
}

// stop ends the process; it is killed if it does not end by itself.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	select {
	case <-p.ended:
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("the controller did not end at SIGTERM"), p.cmd.Process.Kill())
	}
}

// lastWords is the end of its log.
func (p *process) lastWords() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// cpu is the time that it has computed, to 10 ms.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("ask for the controller's CPU time: %w", err)
	}
	return readStat(string(text))
}

// readStat adds the times in user and in system mode: the 14th and the 15th
// field. The second one, a name in brackets, may hold anything.
func readStat(text string) (time.Duration, error) {
	const ticks = 100 // a second, on every Linux that Go runs on
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("%q is no /proc/PID/stat", text)
	}
	var sum int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no /proc/PID/stat: %w", text, err)
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}

// memory is what it has of RAM now, and what it had at most, in bytes.
func (p *process) memory() (now, most int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, fmt.Errorf("ask for the controller's memory: %w", err)
	}
	for key, into := range map[string]*int64{"VmRSS:": &now, "VmHWM:": &most} {
		_, rest, _ := strings.Cut(string(text), key)
		if _, err := fmt.Sscanf(rest, "%d kB", into); err != nil {
			return 0, 0, fmt.Errorf("%s in /proc/PID/status: %w", key, err)
		}
		*into <<= 10
	}
	return now, most, nil
}
