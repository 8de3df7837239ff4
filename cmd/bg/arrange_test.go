package main

import (
	"strings"
	"testing"
)

func TestOptionsMayStandAnywhere(t *testing.T) {
	p := &program{call: call{name: "bg"}}
	for typed, want := range map[string]string{
		"":                                       "",
		"status":                                 "status",
		"canary shop 10 --force":                 "canary --force shop 10",
		"canary shop 10% --timeout 5s --no-wait": "canary --timeout 5s --no-wait shop 10%",
		"status shop -o json -w":                 "status -o json -w shop",
		"status -wojson":                         "status -w -o=json",
		"status -ojson shop":                     "status -o=json shop",
		"status -wo json shop":                   "status -w -o json shop",
		"promote shop --host unix:///x":          "--host unix:///x promote shop",
		"--host unix:///x promote shop":          "--host unix:///x promote shop",
		"--host=unix:///x promote shop":          "--host=unix:///x promote shop",
		"canary shop -- -5":                      "canary -- shop -5",
		"canary shop -5":                         "canary -5 shop",
		"promote --nonsense x":                   "promote --nonsense x",
		"promote -xyz":                           "promote -xyz",
		"status -o":                              "status -o",
		"history -n 5 shop":                      "history -n 5 shop",
		"-h":                                     "-h",
		"status -":                               "status -- -",
		"promote --version":                      "--version promote",
	} {
		app := p.app()
		app.Setup()
		if got := strings.Join(arrange(app, strings.Fields(typed)), " "); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
