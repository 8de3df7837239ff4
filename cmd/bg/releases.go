package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
)

// past is a release as the history tells of it.
type past struct {
	Release string    `json:"release"`
	App     string    `json:"app"`
	Begun   time.Time `json:"begun"`   // or the first that is remembered of it
	By      string    `json:"by"`      // who released
	Outcome string    `json:"outcome"` // "done", "failed: …"; "" while it is under way
	Message string    `json:"message"`
	Kept    bool      `json:"kept"` // its files are here, for bg rollback --to
}

// pastReleases gathers the releases from events, oldest first, and adds
// those that are only kept here. current is what the status says of each app.
func pastReleases(events []api.Event, current []api.App, kept func(app string) []string, only string) []past {
	var all []past
	at := func(app, id string) *past {
		for i := range all {
			if all[i].App == app && all[i].Release == id {
				return &all[i]
			}
		}
		all = append(all, past{App: app, Release: id})
		return &all[len(all)-1]
	}
	for _, e := range events {
		if e.Release == "" {
			continue
		}
		r := at(e.App, e.Release)
		if r.Begun.IsZero() {
			r.Begun = e.Time
		}
		switch e.Change {
		case "begin":
			r.By, r.Message, r.Outcome = e.Actor, e.Cause, ""
		case "end":
			r.Outcome = e.Cause
		}
	}
	apps := map[string]bool{}
	for _, a := range current {
		if only != "" && a.Name != only {
			continue
		}
		apps[a.Name] = true
		if a.Release != nil && a.Release.ID != "" {
			r := at(a.Name, a.Release.ID)
			r.Begun, r.By, r.Message = a.Release.Begun, a.Release.By, a.Release.Message
			if r.Outcome = a.Release.Outcome; r.Outcome != "" && r.Outcome != api.ReleaseDone && a.Release.Cause != "" {
				r.Outcome += ": " + a.Release.Cause
			}
		}
	}
	if only != "" {
		apps[only] = true
	}
	for app := range apps {
		for _, id := range kept(app) {
			at(app, id).Kept = true
		}
	}
	slices.SortStableFunc(all, func(a, b past) int {
		if c := strings.Compare(a.App, b.App); c != 0 {
			return c
		}
		return serial(a.Release) - serial(b.Release)
	})
	return all
}

func (p *program) printReleases(releases []past) {
	if len(releases) == 0 {
		fmt.Fprintln(p.out, "No release yet: bg deploy makes one.")
		return
	}
	s := p.style()
	t := table{style: s, head: []string{"RELEASE", "APP", "BEGUN", "BY", "KEPT", "OUTCOME"}}
	for _, r := range releases {
		kept, outcome, begun := "-", orElse(oneLine(r.Outcome), "under way"), "-"
		if r.Kept {
			kept = "here"
		}
		if r.Begun.IsZero() && r.Outcome == "" {
			outcome = "-" // the history does not reach back so far
		} else if !r.Begun.IsZero() {
			begun = r.Begun.Local().Format(time.DateTime)
		}
		t.rows = append(t.rows, []string{
			s.bold(oneLine(r.Release)), oneLine(r.App), s.faint(begun), orElse(oneLine(r.By), "-"), kept, s.outcome(outcome),
		})
	}
	fmt.Fprint(p.out, t.render(p.width()))
}
