package load

import (
	"bufio"
	"bytes"
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
	method  string
	request []byte
	timeout time.Duration

	net net.Conn // nil: the next request dials
	in  *bufio.Reader
}

// request renders the bytes that each exchange sends.
func (o Options) request() ([]byte, error) {
	r, err := http.NewRequest(o.Method, "http://"+o.Target+o.Path, nil)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	r.Host = o.Host
	r.Header.Set("User-Agent", "bg-load")
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	return b.Bytes(), nil
}

// exchange sends one request and reads its answer whole. After any error the
// connection is given up.
func (c *conn) exchange(due time.Time) Answer {
	a := Answer{Due: due, Sent: time.Now()}
	deadline := a.Sent.Add(c.timeout)
	// A server may close a connection between two requests. That is no lost
	// request as long as none was written; once one is, it is.
	if c.net != nil && !quiet(c.net) {
		c.close()
	}
	if a.Err = c.dial(deadline); a.Err == nil {
		a.Err = c.roundTrip(&a, deadline)
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

func (c *conn) roundTrip(a *Answer, deadline time.Time) error {
	if err := c.net.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := c.net.Write(c.request); err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	res, err := http.ReadResponse(c.in, &http.Request{Method: c.method})
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
