package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mode is how the app behaves. It is changed through /control.
type mode string

const (
	ok        mode = "ok"
	fail      mode = "fail"      // answers 500 to everything but /healthz, or to a share of it
	hang      mode = "hang"      // never answers, /healthz included
	slow      mode = "slow"      // waits before each answer
	crash     mode = "crash"     // leaves at once with exit code 1
	unhealthy mode = "unhealthy" // only /healthz fails
	flap      mode = "flap"      // unhealthy and ok in turns
	hog       mode = "hog"       // takes 256 MB at once, to be killed where its limit is lower
)

var modes = []mode{ok, fail, hang, slow, crash, unhealthy, flap, hog}

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

// slowness is the delay if none is given, and maxDelay the longest.
const (
	slowness = 300 * time.Millisecond
	maxDelay = time.Minute
)

// setting is a mode with its numbers.
type setting struct {
	mode  mode
	delay time.Duration // before each answer of slow; between two turns of flap
	share float64       // of the requests that fail in mode fail, 0 to 1
}

// parseSetting reads mode, delay ("300ms") and share ("0.5%"); given returns the
// value of a name, "" for none.
func parseSetting(given func(name string) string) (setting, error) {
	s := setting{delay: slowness, share: 1}
	var err error
	if s.mode, err = parseMode(given("mode")); err != nil {
		return s, err
	}
	if text := given("delay"); text != "" {
		s.delay, err = time.ParseDuration(text)
		if err != nil || s.delay <= 0 || s.delay > maxDelay {
			return s, fmt.Errorf("delay %q: it has to be a duration above 0 and up to %s", text, maxDelay)
		}
	}
	if text := given("share"); text != "" {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil || !(percent >= 0 && percent <= 100) || !strings.HasSuffix(text, "%") {
			return s, fmt.Errorf("share %q: it has to be from 0%% to 100%%", text)
		}
		s.share = percent / 100
	}
	return s, nil
}
