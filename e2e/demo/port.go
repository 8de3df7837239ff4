package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"bg/e2e/internal/testbed"
)

// choosePort returns the first of the preferred ports that is free, or else
// any free one.
func choosePort(preferred ...int) (int, error) {
	for _, port := range preferred {
		if free(port) {
			return port, nil
		}
	}
	return testbed.FreePort()
}

// free says whether Docker may publish on the port of 127.0.0.1. A port that
// only this user may not listen on counts as free if nobody answers: Docker
// may.
func free(port int) bool {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for _, all := range []string{address, fmt.Sprintf("0.0.0.0:%d", port)} {
		l, err := net.Listen("tcp4", all)
		switch {
		case err == nil:
			l.Close()
		case errors.Is(err, syscall.EACCES):
		default:
			return false
		}
	}
	c, err := net.DialTimeout("tcp4", address, time.Second)
	if err == nil {
		c.Close()
	}
	return err != nil
}
