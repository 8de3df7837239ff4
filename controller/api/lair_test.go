package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// lair is the files of a gate, and what its clients need.
type lair struct {
	config GateConfig
	token  string // of "ci"
	roots  *x509.CertPool
}

// newLair makes a certificate for bg.test and 127.0.0.1, and one token.
func newLair(t *testing.T) lair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bg.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"bg.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	token, line, err := NewToken("ci")
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	l := lair{token: token, roots: x509.NewCertPool(), config: GateConfig{
		Address: "127.0.0.1:0",
		Cert:    put("cert.pem", cert),
		Key:     put("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
		Tokens:  put("tokens", []byte(line+"\n")),
	}}
	l.roots.AppendCertsFromPEM(cert)
	return l
}

// open serves b at a gate until the test ends.
func (l lair) open(t *testing.T, b Backend, log *slog.Logger) *Gate {
	t.Helper()
	g, err := OpenGate(l.config)
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(g.Handler(b, log), log)
	done := make(chan error, 1)
	go func() { done <- s.Serve(g) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
	return g
}

func (l lair) client(t *testing.T, g *Gate, token string) *Client {
	t.Helper()
	c := NewRemoteClient(g.Addr().String(), token, l.roots)
	t.Cleanup(c.Close)
	return c
}

// handler is the gate's handler, without its listener.
func (l lair) handler(t *testing.T, b Backend) http.Handler {
	t.Helper()
	g, err := OpenGate(l.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g.Handler(b, quiet())
}
