package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/labels"
)

// View is one app as people are shown it.
type View struct {
	App    App
	Colors [2]ColorView // in the order of labels.Colors
	// Of the release under way:
	Waits    string        // what for, for people
	Goal     time.Duration // healthy time that its step needs; 0 if it is no matter of time
	Deadline time.Time     // of its step; zero: none
	Trial    string        // key of the Trial that is going on; "" for none
	WayBack  string        // what there is to go back to if the active color fails, for people
}

// ColorView is one color of a View.
type ColorView struct {
	Able       bool         // it can serve now
	Why        string       // what keeps it from that, "" if it is able
	Containers []*Container // hooks included
}

// Views returns every app that is known or seen, sorted by name. Apps of
// which nothing was decided yet have just a name.
func Views(s State, w *World, p *Policy) []View {
	groups := group(w, s.Apps, p)
	var out []View
	for _, name := range names(s.Apps, groups, nil) {
		t := newTurn(s.Apps[name], name, groups[name], Input{World: w}, s.Confirmed, 0)
		v := View{App: t.app, Waits: t.pending(), Goal: t.goal(), Deadline: t.due()}
		if t.onTrial() != "" {
			v.Trial = trialKey(t.app.Run)
		}
		if t.app.Active != "" {
			v.WayBack = t.wayBack(t.app.Active.Other())
		}
		for i, color := range labels.Colors {
			v.Colors[i].Able = t.able(color)
			v.Colors[i].Containers = slices.Concat(t.members.of(color), t.hooksOf(color))
			if !v.Colors[i].Able {
				v.Colors[i].Why = t.why(color)
			}
		}
		out = append(out, v)
	}
	return out
}

// Strays returns the containers that are labeled for bg and are no part of an
// app, with the reason in Invalid: they name no app or no color, and only a
// person can tell where they belong, or the policy keeps them out.
func Strays(s State, w *World, p *Policy) []*Container {
	var out []*Container
	if w == nil {
		return nil
	}
	for _, c := range w.Containers {
		switch {
		case stray(c):
			out = append(out, c)
		case p.strange(c, s.Apps[c.Spec.App]):
			o := *c
			o.Invalid = fmt.Sprintf("the policy file lets Compose project %s speak for app %s, and it is of %q: remove the container, or change the file",
				strings.Join(p.Projects[c.Spec.App], " or "), c.Spec.App, c.Spec.Project)
			out = append(out, &o)
		}
	}
	return out
}

// stray reports whether the labels do not tell where the container belongs.
func stray(c *Container) bool {
	return c.Spec == nil || c.Spec.App == "" || !c.Spec.Color.Valid()
}
