package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"bg/controller/api"
)

// walk is a release as a script tells it, in walk.txt: a line for each
// picture that the controller shows of it.
//
//	release 7-3f9a2c81 green
//	clear 1s                          a step, and how long it takes
//	prepare                           until the client says proceed
//	start web=starting                until there is a file "started"
//	traffic weight=25 cause=green has 25%
//	verify live hold=FILE             until there is that file
//	fall demoted it is bad            an end that the proxy does not serve yet
//	end done all is well
//
// The pictures come one after the other, each once the one before was seen.
type walk struct {
	dir string

	mu        sync.Mutex
	told      string // walk.txt; another one is another release
	at        int    // of pictures; 0 is what status.json shows
	digest    string
	proceeded bool
}

type picture struct {
	step, hold, cause, outcome string
	took                       time.Duration
	weight                     int
	live, unserved             bool
	conditions                 map[string]string // container -> condition, or condition:detail
}

// read returns the release and its pictures; ok is false without a walk.txt.
// w.mu is held.
func (w *walk) read() (id, color string, pictures []picture, ok bool) {
	text, err := os.ReadFile(filepath.Join(w.dir, "walk.txt"))
	if err != nil {
		return "", "", nil, false
	}
	if w.told != string(text) {
		w.told, w.at, w.digest, w.proceeded = string(text), 0, "", false
	}
	for s := bufio.NewScanner(strings.NewReader(w.told)); s.Scan(); {
		text, cause, _ := strings.Cut(s.Text(), "cause=")
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
			continue
		case words[0] == "release":
			id, color = words[1], words[2]
			continue
		}
		p := picture{step: words[0], cause: cause, conditions: map[string]string{}}
		if p.step == "end" || p.step == "fall" {
			p.unserved = p.step == "fall"
			p.step, p.outcome, p.cause = "", words[1], strings.Join(words[2:], " ")
			words = nil
		}
		for _, word := range words[min(1, len(words)):] {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "live":
				p.live = true
			case "hold":
				p.hold = value
			case "weight":
				p.weight, _ = strconv.Atoi(value)
			default:
				if d, err := time.ParseDuration(word); err == nil {
					p.took = d
				} else {
					p.conditions[key] = strings.ReplaceAll(value, "_", " ")
				}
			}
		}
		pictures = append(pictures, p)
	}
	return id, color, pictures, true
}

// status returns the next picture after a revision, if there is one yet.
func (w *walk) status(after uint64) (st api.Status, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, color, pictures, ok := w.read()
	if !ok || w.at == 0 {
		return st, false
	}
	if after >= uint64(10+w.at) && w.at < len(pictures) && w.free(pictures[w.at-1]) {
		w.at++
	}
	if after >= uint64(10+w.at) {
		return st, false
	}
	return w.show(id, color, pictures[:w.at]), true
}

// free reports whether the walk may go on from p.
func (w *walk) free(p picture) bool {
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(w.dir, name))
		return err == nil
	}
	switch {
	case p.hold != "":
		return there(p.hold)
	case p.step == api.StepPrepare:
		return w.proceeded
	case p.step == api.StepStart:
		return there("started")
	}
	return true
}

// show is the picture of the last of pictures.
func (w *walk) show(id, color string, pictures []picture) api.Status {
	begun := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &api.Release{ID: id, Digest: w.digest, Color: color, Begun: begun, Entered: begun, By: "ann@laptop"}
	now := begun
	for _, p := range pictures {
		if p.step != "" && p.step != r.Step {
			r.Step, r.Entered = p.step, now
		}
		now = now.Add(p.took)
		r.Live = r.Live || p.live
	}
	p := pictures[len(pictures)-1]
	r.Cause, r.Outcome = p.cause, p.outcome
	c := api.Color{Color: color, Role: "candidate", Weight: p.weight}
	for _, name := range []string{"web", "migrate"} {
		condition, detail, _ := strings.Cut(orElse(p.conditions[name], "ready"), ":")
		hook := ""
		if name == "migrate" {
			hook = "expand"
		}
		c.Containers = append(c.Containers, api.Container{
			ID: "id-" + name, Name: "shop-" + color + "-" + name + "-1", Service: name, Condition: condition, Detail: detail, Hook: hook,
		})
	}
	other := map[string]string{"blue": "green", "green": "blue"}[color]
	a := api.App{Name: "shop", Phase: api.PhaseStable, Active: other, Live: !p.unserved, Release: r, Colors: []api.Color{
		{Color: other, Role: "active", Weight: 100 - p.weight, Containers: []api.Container{{ID: "id-old", Name: "shop-" + other + "-web-1", Condition: "ready"}}}, c,
	}}
	if r.Live {
		a.Active = color
	}
	return api.Status{Version: version(), Revision: uint64(10 + w.at), Time: now, Apps: []api.App{a}}
}

// command takes the verbs of a release; ok is false for the others.
func (w *walk) command(verb string, c api.Command, accepted *api.Accepted) (ok bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, color, pictures, ok := w.read()
	if !ok {
		return false, nil
	}
	switch verb {
	case api.VerbBegin:
		if w.digest != "" && w.digest != c.Digest {
			return true, &api.Refusal{Text: "release " + id + " of shop is under way: begun by ann@laptop: wait for it"}
		}
		message := "release " + id + " of shop begins on " + color
		if w.at > 0 {
			message = "release " + id + " of shop goes on"
		}
		w.digest, w.at = c.Digest, max(w.at, 1)
		st := w.show(id, color, pictures[:w.at])
		*accepted = api.Accepted{App: "shop", Message: message, Release: st.Apps[0].Release}
	case api.VerbProceed:
		if c.Release != id || c.Containers == 0 {
			return true, errors.New("not the release")
		}
		w.proceeded = true
		*accepted = api.Accepted{App: "shop", Message: "it goes on"}
	case api.VerbRollback:
		w.at = max(w.at, 1)
		st := w.show(id, color, pictures[:w.at])
		*accepted = api.Accepted{App: "shop", Message: color + " of shop is started again", Release: st.Apps[0].Release}
	case api.VerbAbort:
		*accepted = api.Accepted{App: "shop", Message: "release " + c.Release + " is ended"}
	default:
		return false, nil
	}
	return true, nil
}

// log appends a command to commands.log, without the actor and the digest,
// which is of no interest but to be one.
func (s *scripted) log(app, verb string, c api.Command) error {
	c.Actor = ""
	if len(c.Digest) == 64 {
		c.Digest = "…"
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "commands.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s %s\n", verb, app, b)
	return errors.Join(err, f.Close())
}

// Status implements api.Backend.
func (s *scripted) Status(ctx context.Context, after uint64) (api.Status, error) {
	st := api.Status{Revision: 1, Version: version()}
	if err := s.read("status.json", &st); err != nil {
		return st, err
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if walked, ok := s.walk.status(after); ok {
			return walked, nil
		}
		if after < st.Revision {
			return st, nil
		}
		if err := s.read("next.json", &st); err != nil || st.Revision > after {
			return st, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return st, nil
		}
	}
}
