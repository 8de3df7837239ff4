package main

import (
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"bg/controller/rollout"
	"bg/controller/traefik"
)

func TestTheCertificateIsCutOutOfTheFile(t *testing.T) {
	cert, err := traefik.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var files [2]map[string]any
	with, err := traefik.Render(&rollout.Routing{Generation: 7}, cert)
	if err != nil {
		t.Fatal(err)
	}
	without, err := withoutCertificate(with)
	if err != nil {
		t.Fatal(err)
	}
	for i, data := range [][]byte{with, without} {
		if err := yaml.Unmarshal(data, &files[i]); err != nil {
			t.Fatalf("%v:\n%s", err, data)
		}
	}
	if files[0]["tls"] == nil || files[1]["tls"] != nil || files[1]["http"] == nil {
		t.Errorf("before %v, after %v", files[0], files[1])
	}
	if _, err := withoutCertificate(without); err == nil {
		t.Error("a file without a certificate is no error")
	}
}
