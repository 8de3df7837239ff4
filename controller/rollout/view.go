package rollout

import (
	"slices"
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
}

// ColorView is one color of a View.
type ColorView struct {
	Able       bool         // it can serve now
	Why        string       // what keeps it from that, "" if it is able
	Containers []*Container // hooks included
}

// Views returns every app that is known or seen, sorted by name. Apps of
// which nothing was decided yet have just a name.
func Views(s State, w *World) []View {
	groups := group(w)
	var out []View
	for _, name := range names(s.Apps, groups, nil) {
		t := newTurn(s.Apps[name], name, groups[name], Input{World: w}, s.Confirmed, 0)
		v := View{App: t.app, Waits: t.pending(), Goal: t.goal(), Deadline: t.due()}
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

// Strays returns the containers that are labeled for bg but name no app or
// no color: they belong nowhere and only a person can tell where.
func Strays(w *World) []*Container {
	var out []*Container
	if w == nil {
		return nil
	}
	for _, c := range w.Containers {
		if c.Spec == nil || c.Spec.App == "" || !c.Spec.Color.Valid() {
			out = append(out, c)
		}
	}
	return out
}
