package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// conn is a network connection over the standard input and output of a
// process, which it owns: Close kills it and waits for its end.
type conn struct {
	cmd    *exec.Cmd
	in     *os.File // written to by us
	out    *os.File // read by us
	words  *tail    // what it complained of
	ended  chan struct{}
	err    error // of the process, once ended is closed
	closed sync.Once
}

// startConn starts cmd and connects to it.
func startConn(cmd *exec.Cmd) (net.Conn, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make pipe: %w", err), childIn.Close(), in.Close())
	}
	c := &conn{cmd: cmd, in: in, out: out, words: &tail{}, ended: make(chan struct{})}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = childIn, childOut, c.words
	err = cmd.Start()
	_, _ = childIn.Close(), childOut.Close()
	if err != nil {
		_, _ = in.Close(), out.Close()
		return nil, fmt.Errorf("start %s: %w", cmd.Args[0], err)
	}
	go func() {
		c.err = cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// Read returns the process's own words where it ended with a failure.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.out.Read(b)
	if n == 0 && errors.Is(err, io.EOF) {
		select {
		case <-c.ended:
			if c.err != nil {
				return 0, c.failure()
			}
		case <-time.After(time.Second): // it closed its output and lingers
		}
	}
	return n, err
}

func (c *conn) failure() error {
	if words := c.words.String(); words != "" {
		return errors.New(words)
	}
	return fmt.Errorf("%s: %w", c.cmd.Args[0], c.err)
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.in.Write(b)
	if err != nil {
		select {
		case <-c.ended:
			if c.err != nil {
				return n, c.failure()
			}
		case <-time.After(time.Second):
		}
	}
	return n, err
}

func (c *conn) Close() error {
	c.closed.Do(func() {
		_ = c.in.Close() // dial-stdio ends by itself then
		select {
		case <-c.ended:
		case <-time.After(100 * time.Millisecond):
			_ = c.cmd.Process.Kill()
			<-c.ended
		}
		_ = c.out.Close()
	})
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
func (c *conn) SetReadDeadline(t time.Time) error  { return c.out.SetReadDeadline(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.in.SetWriteDeadline(t) }
func (c *conn) LocalAddr() net.Addr                { return addr("stdio") }
func (c *conn) RemoteAddr() net.Addr               { return addr("stdio") }

// addr is the address of a process's standard input and output.
type addr string

func (a addr) Network() string { return string(a) }
func (a addr) String() string  { return string(a) }

// tail keeps the last words of a process, at most 4 KiB.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(b)
	if over := t.buf.Len() - 4096; over > 0 {
		t.buf.Next(over)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.buf.String())
}
