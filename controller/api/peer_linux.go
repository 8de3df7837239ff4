package api

import (
	"context"
	"net"
	"os"
	"syscall"
)

type peerKey struct{}

// withPeer notes in ctx whether the other end of a unix socket runs as a
// user who has no business here. The socket's mode keeps such users out
// already, except in the moment between its making and its chmod.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, peerKey{}, !allowed(u))
}

func allowed(c *net.UnixConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var cred *syscall.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	return err == nil && credErr == nil && (cred.Uid == 0 || int(cred.Uid) == os.Geteuid())
}

// stranger reports whether withPeer found a wrong user.
func stranger(ctx context.Context) bool {
	wrong, _ := ctx.Value(peerKey{}).(bool)
	return wrong
}
