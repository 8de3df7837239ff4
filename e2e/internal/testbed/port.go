package testbed

import (
	"fmt"
	"net"
)

// FreePort returns a port of 127.0.0.1 on which nothing listens. Another process
// may take it before the caller does.
func FreePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// PortFree says whether port can be listened on at 127.0.0.1 and at all
// addresses: Docker publishes on either.
func PortFree(port int) bool {
	for _, host := range []string{"127.0.0.1", "0.0.0.0"} {
		l, err := net.Listen("tcp4", fmt.Sprintf("%s:%d", host, port))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
