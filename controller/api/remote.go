package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"
)

// dialLimit is how long a controller over TCP may take to accept and to show
// its certificate.
const dialLimit = 10 * time.Second

// NewRemoteClient returns a client of the controller at address, HOST:PORT,
// that shows token. It speaks TLS 1.3 and sends nothing to a server whose
// certificate is not for HOST or leads to none of roots; nil means those of
// the system.
func NewRemoteClient(address, token string, roots *x509.CertPool) *Client {
	dialer := &tls.Dialer{
		NetDialer: &net.Dialer{Timeout: dialLimit},
		Config:    &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
	}
	c := NewClient(func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialLimit)
		defer cancel()
		return dialer.DialContext(ctx, "tcp", address)
	})
	c.base, c.token = "https://"+address, token
	c.transport.DialTLSContext = c.transport.DialContext
	return c
}
