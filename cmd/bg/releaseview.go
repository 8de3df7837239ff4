package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
)

// steps are those of a release, in their order.
var steps = []string{
	api.StepClear, api.StepPrepare, api.StepExpand, api.StepStart, api.StepSmoke, api.StepHandover,
	api.StepTraffic, api.StepVerify, api.StepSoak, api.StepRetire, api.StepContract,
}

// stepIndex returns the place of a step, -1 for one that is not known.
func stepIndex(step string) int { return slices.Index(steps, step) }

// underWay returns the release of an app that has not ended, or nil.
func underWay(a api.App) *api.Release {
	if a.Release == nil || a.Release.Outcome != "" {
		return nil
	}
	return a.Release
}

// notes joins what there is to say of an app in one line.
func notes(a api.App, now time.Time) string {
	var parts []string
	text := note(a)
	if r := underWay(a); r != nil {
		parts = append(parts, releaseStep(*r, now))
		if cause := oneLine(r.Cause); cause != text {
			parts = append(parts, cause)
		}
	}
	parts = append(parts, text)
	if a.Lock != nil {
		parts = append(parts, "locked by "+lockText(*a.Lock, now))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// releaseStep is where a release is: release 7-3f9a2c81 at soak for 2m, healthy 1m of 5m.
func releaseStep(r api.Release, now time.Time) string {
	text := "at " + oneLine(r.Step)
	if r.ID != "" {
		text = "release " + oneLine(r.ID) + " " + text
	}
	if !r.Entered.IsZero() {
		text += " for " + age(r.Entered, now)
	}
	if r.Of > 0 {
		text += fmt.Sprintf(", healthy %s of %s", seconds(r.Healthy), seconds(r.Of))
	}
	return text
}

// releaseText is all that is known of a release, as lines.
func releaseText(r api.Release, now time.Time) string {
	var lines []string
	if r.Outcome == "" {
		lines = append(lines, releaseStep(r, now))
	} else {
		lines = append(lines, strings.TrimSpace(oneLine(r.ID)+" "+oneLine(r.Outcome)))
	}
	if r.Deadline != nil && r.Outcome == "" {
		lines[0] += ", given up in " + age(now, *r.Deadline)
	}
	if r.By != "" {
		by := "by " + oneLine(r.By)
		if r.Message != "" {
			by += ": " + oneLine(r.Message)
		}
		lines = append(lines, by)
	}
	if r.Cause != "" {
		lines = append(lines, oneLine(r.Cause))
	}
	return strings.Join(lines, "\n")
}

// lockText says who holds an app, for how long and why.
func lockText(l api.Lock, now time.Time) string {
	text := fmt.Sprintf("%s for %s", orElse(oneLine(l.By), "somebody"), age(l.Since, now))
	if l.Message != "" {
		text += ": " + oneLine(l.Message)
	}
	return text
}

// seconds is a time in seconds as people write it: 10s, 1m10s, 5m.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(time.Second)
	return shortTime(d)
}

// shortTime is d without what is zero at its end: 5m instead of 5m0s.
func shortTime(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
