package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// maxSecret is the most that is read of a certificate, a key or a token file.
const maxSecret = 1 << 20

// GateConfig says where and how the API is served over TCP. All of it is
// needed: there is no API over TCP without TLS or without tokens.
type GateConfig struct {
	Address string // to listen at, HOST:PORT
	Cert    string // file of the certificate and those between it and its authority, PEM
	Key     string // file of its private key, PEM
	Tokens  string // file that ParseTokens reads
}

// Gate is a listener that speaks TLS 1.3 and lets nobody in without a token.
// Serve it with a server for its own Handler. The files are read once: a new
// certificate or token counts from the next start on.
type Gate struct {
	net.Listener
	tokens Tokens
	leaf   *x509.Certificate
}

// OpenGate listens. It refuses files that other users can write to, as these
// could let themselves in.
func OpenGate(c GateConfig) (*Gate, error) {
	text, err := readOwn(c.Tokens)
	if err != nil {
		return nil, fmt.Errorf("token file: %w", err)
	}
	tokens, err := ParseTokens(text)
	if err != nil {
		return nil, fmt.Errorf("token file %s: %w", c.Tokens, err)
	}
	cert, err := readOwn(c.Cert)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	key, err := readOwn(c.Key)
	if err != nil {
		return nil, fmt.Errorf("TLS key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate %s with key %s: %w", c.Cert, c.Key, err)
	}
	l, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("serve the API over TCP: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	return &Gate{Listener: tls.NewListener(newCrowd(l), config), tokens: tokens, leaf: pair.Leaf}, nil
}

// Expires returns when the certificate ends: then clients refuse it.
func (g *Gate) Expires() time.Time { return g.leaf.NotAfter }

// Handler is NewHandler for those who come through the gate: each request
// shows a token, and who commands is the token's name, whatever it claims.
// Its limits are its own, so that nobody out there takes the local socket's.
func (g *Gate) Handler(b Backend, log *slog.Logger) http.Handler {
	return guard(g.admit(routes(b, log)), g.named)
}

// named reports whether a Host header names this server: by the certificate,
// or from this machine.
func (g *Gate) named(host string) bool {
	return strings.EqualFold(host, "localhost") || host != "" && g.leaf.VerifyHostname(host) == nil
}

type visitorKey struct{}

// admit lets requests with a known token through. What is wrong with another
// one is not told. A stranger's connection is closed, as it may be one of
// many that just keep the others out.
func (g *Gate) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		name, known := g.tokens.Name(token)
		if !known || !strings.EqualFold(scheme, "Bearer") {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.Header().Set("Connection", "close")
			fail(w, http.StatusUnauthorized, "a valid token is needed: set BG_TOKEN to one that bg token NAME made and whose line is in the controller's token file")
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, name)))
	})
}

// visitor returns the name of the token that was shown, if one was asked for.
func visitor(ctx context.Context) (name string, ok bool) {
	name, ok = ctx.Value(visitorKey{}).(string)
	return name, ok
}

// readOwn reads a file of at most 1 MiB that only its owner can write to.
func readOwn(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Mode().Perm()&0o022 != 0:
		return nil, fmt.Errorf("other users can write to %s (mode %04o): run chmod go-w %s", path, info.Mode().Perm(), path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(data) > maxSecret {
		err = errors.New("it has more than 1 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}
