package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"bg/controller/api"
)

// maxAuthority is the most that is read of BG_TLS_CA, in bytes.
const maxAuthority = 1 << 20

// remoteWay leads to a controller over TCP, with the token of BG_TOKEN.
func remoteWay(address string) (controllerWay, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" {
		return controllerWay{}, usagef("--host tcp://%s: write tcp://HOST:PORT", address)
	}
	token := os.Getenv("BG_TOKEN")
	if token == "" {
		return controllerWay{}, usagef("--host tcp://%s needs a token: set BG_TOKEN to one that 'bg token NAME' made", address)
	}
	roots, err := authorities(os.Getenv("BG_TLS_CA"))
	if err != nil {
		return controllerWay{}, usagef("BG_TLS_CA: %v", err)
	}
	return controllerWay{where: "tcp://" + address, client: api.NewRemoteClient(address, token, roots)}, nil
}

// authorities reads a file of certificates; nil means the system's.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxAuthority))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate: give a file that begins with -----BEGIN CERTIFICATE-----", path)
	}
	return roots, nil
}

// advise adds to an error of a connection what people can do about it.
func advise(err error) error {
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) && os.Getenv("BG_TLS_CA") == "" {
		return fmt.Errorf("%w; set BG_TLS_CA to a file with the authority of the controller's certificate", err)
	}
	return err
}
