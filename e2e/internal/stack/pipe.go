package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// dial connects to the controller's API by `docker exec ... dial-stdio`.
func (s *Stack) dial(context.Context) (net.Conn, error) {
	// Not of the caller's context: the connection serves later calls too.
	return pipe(s.Testbed.Docker(context.Background(), "exec", "-i", s.Controller, "/bg", "dial-stdio"))
}

// conn is a connection over a process that it owns: Close ends it.
type conn struct {
	*os.File // read from
	in       *os.File
	cmd      *exec.Cmd
	close    func() error
}

func pipe(cmd *exec.Cmd) (net.Conn, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	cmd.Stdin, cmd.Stdout = childIn, childOut
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	childIn.Close()
	childOut.Close()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start docker exec: %w", err), in.Close(), out.Close())
	}
	c := &conn{File: out, in: in, cmd: cmd}
	c.close = sync.OnceValue(func() error {
		in.Close()
		kill := time.AfterFunc(200*time.Millisecond, func() { cmd.Process.Kill() })
		defer kill.Stop()
		cmd.Wait() // its exit code says no more than the end of the stream did
		return out.Close()
	})
	return c, nil
}

func (c *conn) Write(b []byte) (int, error) { return c.in.Write(b) }
func (c *conn) Close() error                { return c.close() }
func (c *conn) LocalAddr() net.Addr         { return address{} }
func (c *conn) RemoteAddr() net.Addr        { return address{} }

func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.in.SetWriteDeadline(t))
}
func (c *conn) SetWriteDeadline(t time.Time) error { return c.in.SetWriteDeadline(t) }

type address struct{}

func (address) Network() string { return "stdio" }
func (address) String() string  { return "docker exec" }
