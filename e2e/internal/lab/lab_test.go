package lab

import (
	"slices"
	"testing"
)

func TestTheLabsTraefikHasTheStacksSettings(t *testing.T) {
	got, err := traefikSettings("../../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--providers.providersThrottleDuration=0s", "--providers.file.directory=/etc/traefik/dynamic"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}
