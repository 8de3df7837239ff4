package main

import (
	"strings"
	"testing"
)

func TestTheThreeWaysOfStartingAreToldApart(t *testing.T) {
	for typed, want := range map[string]call{
		"bg status":                            {name: "bg", args: []string{"status"}},
		"/usr/bin/bg":                          {name: "bg"},
		"docker-bg bg status":                  {name: "docker bg", plugin: true, args: []string{"status"}},
		"/x/docker-bg bg":                      {name: "docker bg", plugin: true},
		"docker-bg --context far bg -o json":   {name: "docker bg", plugin: true, docker: []string{"--context", "far"}, args: []string{"-o", "json"}},
		"docker-bg -D --host=x bg promote bg":  {name: "docker bg", plugin: true, docker: []string{"-D", "--host=x"}, args: []string{"promote", "bg"}},
		"docker-bg -c bg bg status":            {name: "docker bg", plugin: true, docker: []string{"-c", "bg"}, args: []string{"status"}},
		"docker-bg help bg canary":             {name: "docker bg", plugin: true, args: []string{"help", "canary"}},
		"docker-bg status":                     {name: "bg", args: []string{"status"}},
		"docker-bg promote bg":                 {name: "bg", args: []string{"promote", "bg"}},
		"docker-bg docker-cli-plugin-metadata": {name: "bg", metadata: true},
		"docker-bg __complete bg canary sh":    {name: "docker bg", plugin: true, complete: true, args: []string{"canary", "sh"}},
		"docker-bg __completeNoDesc bg canary": {name: "docker bg", plugin: true, complete: true, args: []string{"canary"}},
		"bg __complete canary sh":              {name: "bg", complete: true, args: []string{"canary", "sh"}},
	} {
		got := parseCall(strings.Fields(typed))
		if got.metadata {
			got.args = nil
		}
		if got.name != want.name || got.plugin != want.plugin || got.metadata != want.metadata || got.complete != want.complete ||
			strings.Join(got.args, " ") != strings.Join(want.args, " ") || strings.Join(got.docker, " ") != strings.Join(want.docker, " ") {
			t.Errorf("%s:\ngot  %+v\nwant %+v", typed, got, want)
		}
	}
	if got := parseCall(nil); got.name != "bg" {
		t.Errorf("no arguments at all: %+v", got)
	}
}
