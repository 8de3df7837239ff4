package traefik

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheDefaultCertificateIsKeptAndReadAgain(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c, err := NewCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCertificate(c.PEM(), now.AddDate(9, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Error(diff)
	}
	pair, err := tls.X509KeyPair(c.Cert, c.Key)
	if err != nil {
		t.Fatal(err)
	}
	if leaf := pair.Leaf; leaf.PublicKeyAlgorithm != x509.ECDSA || leaf.Subject.CommonName != "bg default certificate" || len(leaf.DNSNames) > 0 {
		t.Errorf("got %v for %v", leaf.PublicKeyAlgorithm, leaf.Subject)
	}
}

func TestACertificateThatEndsOrIsDamagedIsNotUsed(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c, err := NewCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCertificate(c.PEM(), now.AddDate(10, 0, -10)); err == nil {
		t.Error("one that ends in days was taken")
	}
	other, err := NewCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{nil, c.Cert, c.Key, append(append([]byte{}, c.Cert...), other.Key...), []byte("-----BEGIN x")} {
		if _, err := ParseCertificate(text, now); err == nil {
			t.Errorf("%.40q was taken", text)
		}
	}
}
