package traefik

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheEntrypointsAreThoseThatRoutersAreOnByDefault(t *testing.T) {
	for _, tt := range []struct {
		name, answer, host string
		want               []entrypoint
	}{
		{
			"all but Traefik's own and UDP", `[{"name":"traefik","address":":8080"},{"name":"web","address":":80"},
			{"name":"tls","address":"[::]:443/tcp","http":{"tls":{}}},{"name":"dns","address":":53/udp"},{"name":"odd","address":"x"}]`, "traefik",
			[]entrypoint{{"web", "traefik:80", false, false}, {"tls", "traefik:443", true, false}},
		},
		{
			"only the chosen ones", `[{"name":"web","address":":80"},{"name":"tls","address":":443","asDefault":true}]`, "10.0.0.1",
			[]entrypoint{{"tls", "10.0.0.1:443", false, false}},
		},
		{
			"one that listens elsewhere", `[{"name":"web","address":"192.0.2.1:80"},{"name":"in","address":"127.0.0.1:81"}]`, "traefik",
			[]entrypoint{{"web", "192.0.2.1:80", false, false}},
		},
		{
			"on the same machine", `[{"name":"in","address":"127.0.0.1:81"},{"name":"any","address":"0.0.0.0:82"}]`, "localhost",
			[]entrypoint{{"in", "127.0.0.1:81", false, false}, {"any", "localhost:82", false, false}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var answers []entrypointAnswer
			if err := json.Unmarshal([]byte(tt.answer), &answers); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, dataEntrypoints(answers, tt.host), cmp.AllowUnexported(entrypoint{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheListOfEntrypointsIsAskedForOnce(t *testing.T) {
	f := newFake(t)
	f.answer("/api/entrypoints", []map[string]any{{"name": "web", "address": ":80"}})
	c := f.client(t)
	for range 3 {
		if points, err := c.entrypoints(t.Context()); err != nil || len(points) != 1 {
			t.Fatalf("got %v, %v", points, err)
		}
	}
	if n := f.count("/api/entrypoints"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	c.forget()
	if _, err := c.entrypoints(t.Context()); err != nil || f.count("/api/entrypoints") != 2 {
		t.Errorf("not asked again: %v", err)
	}
}
