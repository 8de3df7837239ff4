package api

import (
	"net"
	"sync"
)

// maxCrowd is how many connections may be open over TCP at once. Each one
// takes a file, and the controller needs some itself, for Docker.
const maxCrowd = 2048

// crowd is a listener that hangs up on who comes when it is full.
type crowd struct {
	net.Listener
	places chan struct{}
}

func newCrowd(l net.Listener) *crowd {
	return &crowd{Listener: l, places: make(chan struct{}, maxCrowd)}
}

func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case c.places <- struct{}{}:
			return &guest{Conn: conn, leave: sync.OnceFunc(func() { <-c.places })}, nil
		default:
			_ = conn.Close()
		}
	}
}

// guest is a connection that gives its place back when it is closed.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
