package socketproxy

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"bg/controller/internal/unixsocket"
)

// maxConns is how many connections may be open at once; more of them wait. The
// controller has one for events, and up to 64 of calls that hang.
const maxConns = 128

// Listen opens the unix socket at path for the user and the group of this
// process: the group is what the controller is in. At most 128 connections
// are open at once. It refuses a folder that others can write to. Closing the
// listener removes the socket.
func Listen(path string) (net.Listener, error) {
	l, err := unixsocket.Listen(path, 0o660)
	if err != nil {
		return nil, err
	}
	return &limited{Listener: l, slots: make(chan struct{}, maxConns), closed: make(chan struct{})}, nil
}

// NewServer returns a server for h whose limits let no client hold a
// connection without saying anything. The caller serves and closes it.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	var only http.Protocols
	only.SetHTTP1(true)
	return &http.Server{
		Handler:           h,
		Protocols:         &only,
		ReadHeaderTimeout: 5 * time.Second,
		// No ReadTimeout: it would end the stream of events, and no body is
		// read. The handler sets the limits for writing.
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 8 << 10,
		// "OPTIONS *" is refused as everything else is.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// limited is a listener with a limit on the connections that are open.
type limited struct {
	net.Listener
	slots  chan struct{}
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &slot{Conn: c, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

// Close implements net.Listener.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// slot is a connection that is counted until it is closed.
type slot struct {
	net.Conn
	free func()
}

// Close implements net.Conn.
func (s *slot) Close() error {
	defer s.free()
	return s.Conn.Close()
}
