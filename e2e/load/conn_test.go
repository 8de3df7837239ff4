package load

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Color: blue\r\n\r\nok"

// listen runs serve for each connection, numbered from 1, and returns a conn to it.
func listen(t *testing.T, serve func(number int64, in *bufio.Reader, c net.Conn)) *conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for number := int64(1); ; number++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(number, bufio.NewReader(c), c)
			}()
		}
	}()
	c := &conn{address: l.Addr().String(), host: "h", timeout: 5 * time.Second}
	t.Cleanup(c.close)
	return c
}

func TestARequestOnWhichTheServerClosesIsOneFailureAndNotSentAgain(t *testing.T) {
	var requests atomic.Int64
	c := listen(t, func(number int64, in *bufio.Reader, c net.Conn) {
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			if requests.Add(1) == 2 {
				return // on a reused connection, as when a proxy drops it
			}
			io.WriteString(c, answer)
		}
	})
	var failed []bool
	for range 3 {
		failed = append(failed, c.exchange(time.Now(), Request{}).Failed())
	}
	if failed[0] || !failed[1] || failed[2] {
		t.Errorf("failed: %v, want the second alone", failed)
	}
	if requests.Load() != 3 {
		t.Errorf("the server saw %d requests, want 3: one was sent again", requests.Load())
	}
}

func TestTheStandardClientWouldHaveHiddenIt(t *testing.T) {
	var requests atomic.Int64
	c := listen(t, func(number int64, in *bufio.Reader, c net.Conn) {
		for {
			if _, err := http.ReadRequest(in); err != nil || requests.Add(1) == 2 {
				return
			}
			io.WriteString(c, answer)
		}
	})
	client := http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for range 2 {
		res, err := client.Get("http://" + c.address)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if requests.Load() != 3 {
		t.Errorf("the server saw %d requests; with 2, conn need not exist", requests.Load())
	}
}

func TestAConnectionClosedBetweenRequestsLosesNone(t *testing.T) {
	closed := make(chan struct{})
	var connections atomic.Int64
	c := listen(t, func(number int64, in *bufio.Reader, c net.Conn) {
		connections.Store(number)
		http.ReadRequest(in)
		io.WriteString(c, answer)
		if number == 1 {
			c.Close()
			close(closed)
			return
		}
		io.Copy(io.Discard, in)
	})
	if a := c.exchange(time.Now(), Request{}); a.Failed() {
		t.Fatal(a.Err)
	}
	<-closed
	for quiet(c.net) { // until the close has come over
		time.Sleep(time.Millisecond)
	}
	if a := c.exchange(time.Now(), Request{}); a.Failed() || a.Color != "blue" || connections.Load() != 2 {
		t.Errorf("got %+v over %d connections", a, connections.Load())
	}
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	var connections atomic.Int64
	c := listen(t, func(number int64, in *bufio.Reader, c net.Conn) {
		connections.Store(number)
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			io.WriteString(c, answer)
		}
	})
	for range 5 {
		if a := c.exchange(time.Now(), Request{}); a.Failed() {
			t.Fatal(a.Err)
		}
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections, want 1", connections.Load())
	}
}

func TestAnAnswerCutShortIsAFailure(t *testing.T) {
	c := listen(t, func(_ int64, in *bufio.Reader, c net.Conn) {
		http.ReadRequest(in)
		io.WriteString(c, strings.TrimSuffix(answer, "k"))
	})
	if a := c.exchange(time.Now(), Request{}); a.Err == nil || a.Status != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestAServerThatNeverAnswersIsAFailureAtTheTimeout(t *testing.T) {
	c := listen(t, func(_ int64, in *bufio.Reader, _ net.Conn) { io.Copy(io.Discard, in) })
	c.timeout = 20 * time.Millisecond
	if a := c.exchange(time.Now(), Request{}); a.Err == nil || a.Done.Sub(a.Sent) < c.timeout {
		t.Errorf("got %+v", a)
	}
}
