package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/controller/api"
	"bg/controller/docker/dockertest"
)

// journal is a log that is read while it is written.
type journal struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wrote chan struct{} // gets a token for each line
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case j.wrote <- struct{}{}:
	default:
	}
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// find waits for a line that matches and returns its first group.
func (j *journal) find(t *testing.T, pattern string) string {
	t.Helper()
	re, limit := regexp.MustCompile(pattern), time.After(20*time.Second)
	for {
		if m := re.FindStringSubmatch(j.String()); m != nil {
			return m[1]
		}
		select {
		case <-j.wrote:
		case <-limit:
			t.Fatalf("no line matches %s:\n%s", pattern, j)
		}
	}
}

// certify writes a certificate for 127.0.0.1 and its key.
func certify(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// ask runs bg with the arguments and returns what it prints and its exit code.
func ask(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	var said bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	p := &program{call: parseCall(append([]string{"bg"}, args...)), in: strings.NewReader(""), out: &said, err: &said}
	code = p.exit(ctx, p.main(ctx))
	return said.String(), code
}

// The whole way: a token is made, its line is all that the controller has,
// and neither end ever writes the token down.
func TestACommandOverTCPNeedsTheTokenThatNobodyStores(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	certify(t, at("cert.pem"), at("key.pem"))
	token, line, err := api.NewToken("ci")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("tokens"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "bg") // socket paths are limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	t.Setenv("DOCKER_HOST", dockertest.New("bg").Listen(t))

	log := &journal{wrote: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runController(ctx, controllerConfig{
			TraefikAPI: "http://127.0.0.1:1", TraefikDir: dir, StateDir: dir, Network: "bg", Socket: filepath.Join(short, "s"),
			Gate:    &api.GateConfig{Address: "127.0.0.1:0", Cert: at("cert.pem"), Key: at("key.pem"), Tokens: at("tokens")},
			Version: "test", Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	log.find(t, `(the TLS certificate ends soon)`)
	host := "tcp://" + log.find(t, `open over TCP" address=(\S+)`)

	t.Setenv("BG_HOST", host)
	t.Setenv("BG_TOKEN", token)
	if out, code := ask(t, "status"); code != exitNoController || !strings.Contains(out, "set BG_TLS_CA to a file") {
		t.Errorf("a certificate that nobody vouches for: exit %d, %s", code, out)
	}
	t.Setenv("BG_TLS_CA", at("cert.pem"))
	if out, code := ask(t, "status", "-o", "json"); code != exitDone || !strings.Contains(out, `"version": "test"`) {
		t.Errorf("exit %d, %s", code, out)
	}
	for limit := time.Now().Add(20 * time.Second); ; {
		out, code := ask(t, "lock", "shop", "-m", "sale")
		if code == exitDone {
			break
		}
		if !strings.Contains(out, "has not seen Docker") || time.Now().After(limit) {
			t.Fatalf("exit %d, %s", code, out)
		}
	}
	if out, code := ask(t, "history", "-o", "json"); code != exitDone || !strings.Contains(out, `"actor": "ci"`) {
		t.Errorf("exit %d, %s", code, out)
	}
	t.Setenv("BG_TOKEN", "bg_"+strings.Repeat("x", 43))
	if out, code := ask(t, "status"); code != exitFailed || !strings.Contains(out, "a valid token is needed") || strings.Contains(out, "xxx") {
		t.Errorf("a wrong token: exit %d, %s", code, out)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(token)) {
			t.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), token) || strings.Contains(log.String(), "xxx") {
		t.Errorf("the log holds a token:\n%s", log)
	}
}
