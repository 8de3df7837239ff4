package traefik

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheEntrypointsOfTheAPIAreTold(t *testing.T) {
	f := newFake(t)
	f.answer("/api/entrypoints", `[
		{"name":"traefik","address":":8080"},
		{"name":"web","address":":80","http":{"redirections":{"entryPoint":{"to":"tls","scheme":"https"}}}},
		{"name":"tls","address":":443","http":{"tls":{}}},
		{"name":"plain","address":":8000","http":{}},
		{"name":"dns","address":":53/udp"},
		{"name":"v6","address":"[2001:db8::1]:81"},
		{"name":"odd","address":":http"}]`)
	c := f.client(t)
	host := c.api.Hostname()
	got, err := c.Entrypoints(t.Context())
	want := []Entrypoint{
		{Name: "tls", Address: host, Port: 443, TLS: true},
		{Name: "plain", Address: host, Port: 8000},
		{Name: "v6", Address: "2001:db8::1", Port: 81},
		{Name: "web", Address: host, Port: 80, Redirects: true},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestTheEntrypointsGivenByHandAreTold(t *testing.T) {
	f := newFake(t)
	got, err := f.client(t, "traefik:80", "https://[::1]:443").Entrypoints(t.Context())
	want := []Entrypoint{{Address: "traefik", Port: 80}, {Address: "::1", Port: 443, TLS: true}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if n := f.count("/api/entrypoints"); n != 0 {
		t.Errorf("the API was asked %d times", n)
	}
}

func TestWithoutAnAnswerThereAreNoEntrypoints(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	var gone *Unreachable
	if got, err := c.Entrypoints(t.Context()); !errors.As(err, &gone) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	got, err := f.client(t, "traefik:https").Entrypoints(t.Context())
	if err == nil || !strings.Contains(err.Error(), "traefik:443") || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRealTraefikTellsItsEntrypoints(t *testing.T) {
	r := startTraefik(t, []string{"443", "8000"},
		"--entryPoints.web.http.redirections.entryPoint.to=websecure", "--entryPoints.websecure.address=:443",
		"--entryPoints.websecure.http.tls=true", "--entryPoints.plain.address=:8000")
	c, err := New("http://"+r.ports["8080"], nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	got, err := c.Entrypoints(t.Context())
	slices.SortFunc(got, func(a, b Entrypoint) int { return a.Port - b.Port })
	want := []Entrypoint{
		{Name: "web", Address: "127.0.0.1", Port: 80, Redirects: true},
		{Name: "websecure", Address: "127.0.0.1", Port: 443, TLS: true},
		{Name: "plain", Address: "127.0.0.1", Port: 8000},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
