package traefik

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// Certificate is a certificate with its key, both in PEM.
type Certificate struct{ Cert, Key []byte }

// certificateLife is how long a Certificate is good for; certificateRenewal
// is how long before its end ParseCertificate asks for another one.
const (
	certificateLife    = 10 * 365 * 24 * time.Hour
	certificateRenewal = 30 * 24 * time.Hour
)

// NewCertificate makes a self-signed certificate for Traefik to fall back to,
// where no other one fits. Without it Traefik makes an RSA key at every
// reload, which takes most of the reload's time.
//
// It vouches for nothing and names no host. It should be made once and kept.
func NewCertificate(now time.Time) (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: "bg default certificate"},
		NotBefore:    now.Add(-time.Hour), // for clients whose clock is late
		NotAfter:     now.Add(certificateLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the default certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the key: %w", err)
	}
	return &Certificate{
		Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		Key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}, nil
}

// PEM returns certificate and key as one text, to be kept.
func (c *Certificate) PEM() []byte { return append(bytes.Clone(c.Cert), c.Key...) }

// ParseCertificate reads what PEM returned. What is damaged or about to end
// is an error: make a new one.
func ParseCertificate(text []byte, now time.Time) (*Certificate, error) {
	var c Certificate
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		switch block.Type {
		case "CERTIFICATE":
			c.Cert = append(c.Cert, pem.EncodeToMemory(block)...)
		case "PRIVATE KEY":
			c.Key = append(c.Key, pem.EncodeToMemory(block)...)
		}
	}
	pair, err := tls.X509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("read the default certificate: %w", err)
	}
	if end := pair.Leaf.NotAfter; now.After(end.Add(-certificateRenewal)) {
		return nil, fmt.Errorf("the default certificate ends on %s", end.Format(time.DateOnly))
	}
	return &c, nil
}
