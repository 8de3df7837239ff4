package load

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// maxBody bounds what is read of an answer.
const maxBody = 4 << 20

// conn is one kept-alive HTTP/1.1 connection. One goroutine uses it.
//
// It stands in for net/http's Transport, which sends a GET again by itself when a
// reused connection dies under it and has no switch for that: a proxy that drops
// a request at a switch of colors would look flawless. Here a request is written
// once, and whatever happens to it after its first byte is its outcome.
type conn struct {
	address string
	host    string
	timeout time.Duration

	net net.Conn // nil: the next request dials
	in  *bufio.Reader
}

// exchange sends one request and reads its answer whole. After any error the
// connection is given up.
func (c *conn) exchange(due time.Time, r Request) Answer {
	a := Answer{Due: due, Sent: time.Now(), Request: r}
	deadline := a.Sent.Add(c.timeout)
	// A server may close a connection between two requests. That is no lost
	// request as long as none was written; once one is, it is.
	if c.net != nil && !quiet(c.net) {
		c.close()
	}
	var wire []byte
	if wire, a.Err = r.bytes(c.address, c.host); a.Err == nil {
		a.Err = c.dial(deadline)
	}
	if a.Err == nil {
		a.Err = c.roundTrip(&a, wire, deadline)
	}
	if a.Err != nil {
		c.close()
	}
	a.Done = time.Now()
	return a
}

func (c *conn) dial(deadline time.Time) error {
	if c.net != nil {
		return nil
	}
	dialer := net.Dialer{Deadline: deadline}
	n, err := dialer.Dial("tcp", c.address)
	if err != nil {
		return err
	}
	c.net, c.in = n, bufio.NewReader(n)
	return nil
}

func (c *conn) roundTrip(a *Answer, wire []byte, deadline time.Time) error {
	if err := c.net.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := c.net.Write(wire); err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	res, err := http.ReadResponse(c.in, &http.Request{Method: a.Request.Method})
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxBody+1))
	if err == nil && n > maxBody {
		err = errors.New("it is longer than 4 MB")
	}
	if err != nil {
		return fmt.Errorf("read the body of the answer: %w", err)
	}
	a.Status, a.Color, a.Version = res.StatusCode, res.Header.Get("X-Color"), res.Header.Get("X-Version")
	if res.Close {
		c.close()
	}
	return nil
}

func (c *conn) close() {
	if c.net != nil {
		c.net.Close()
		c.net = nil
	}
}

// quiet says whether the connection is open with nothing to read, as it has to be
// between two requests.
func quiet(n net.Conn) bool {
	raw, err := n.(*net.TCPConn).SyscallConn()
	if err != nil {
		return false
	}
	open := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, err := syscall.Read(int(fd), b[:])
		open = err == syscall.EAGAIN
		return true // never wait for more
	})
	return err == nil && open
}
