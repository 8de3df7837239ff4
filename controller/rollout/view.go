package rollout

import "bg/labels"

// View is one app as people are shown it.
type View struct {
	App    App
	Colors [2]ColorView // in the order of labels.Colors
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
	hooks := map[string]*members{}
	if w != nil {
		for _, c := range w.Containers {
			if c.Spec == nil || c.Spec.Hook == "" || c.Spec.App == "" || !c.Spec.Color.Valid() {
				continue
			}
			if hooks[c.Spec.App] == nil {
				hooks[c.Spec.App] = &members{}
			}
			hooks[c.Spec.App].add(c)
		}
	}
	var out []View
	for _, name := range names(s.Apps, groups) {
		t := newTurn(s.Apps[name], name, groups[name], Input{World: w}, s.Confirmed, 0)
		v := View{App: t.app}
		for i, color := range labels.Colors {
			v.Colors[i].Able = t.able(color)
			v.Colors[i].Containers = t.members.of(color)
			if hooks[name] != nil {
				v.Colors[i].Containers = append(append([]*Container{}, v.Colors[i].Containers...), hooks[name].of(color)...)
			}
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
