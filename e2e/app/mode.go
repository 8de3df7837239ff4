package main

import (
	"fmt"
	"slices"
	"strings"
)

// mode is how the app behaves. It is changed through /control.
type mode string

const (
	ok        mode = "ok"
	fail      mode = "fail"      // answers 500 to everything but /healthz
	hang      mode = "hang"      // never answers, /healthz included
	slow      mode = "slow"      // waits before each answer
	crash     mode = "crash"     // leaves at once with exit code 1
	unhealthy mode = "unhealthy" // only /healthz fails
	hog       mode = "hog"       // takes 256 MB at once, to be killed where its limit is lower
)

var modes = []mode{ok, fail, hang, slow, crash, unhealthy, hog}

func parseMode(text string) (mode, error) {
	if m := mode(text); slices.Contains(modes, m) {
		return m, nil
	}
	names := make([]string, len(modes))
	for i, m := range modes {
		names[i] = string(m)
	}
	return "", fmt.Errorf("mode %q: it has to be one of %s", text, strings.Join(names, ", "))
}
