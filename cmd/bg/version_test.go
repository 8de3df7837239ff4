package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionNamesTheModuleElseTheCommit(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for want, info := range map[string]*debug.BuildInfo{
		"dev":                {Main: debug.Module{Version: "(devel)"}},
		"v1.2.3":             {Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{commit}},
		"0123456789ab":       {Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{commit}},
		"0123456789ab+dirty": {Settings: []debug.BuildSetting{commit, dirty}},
	} {
		if got := buildVersion(info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
