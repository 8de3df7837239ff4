package rollout

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bg/controller/judge"
	"bg/labels"
)

// AlarmAfter is how long a release is judged on after it has ended well:
// there is nothing to go back to then, but people are told. Later the hour
// that it is compared with lies too far back.
const AlarmAfter = time.Hour

// Trial is what is to be judged of one app's traffic.
type Trial struct {
	App    string
	Active labels.Color // whose traffic is the measure, and is kept in mind for an hour
	// Key tells the app's trials apart; "" while no release has users. The
	// others are of the release then.
	Key       string
	Candidate labels.Color
	Alone     bool // the candidate has all users: there is nobody to compare with
	Rules     judge.Rules
	Services  []Examined // the routed ones whose labels do not forbid it, by name
	Servers   []string   // IDs of the candidate's containers that get requests
	Down      []string   // of those that do not, for now
	Replicas  bool       // some service of it has several of these
}

// Examined is one service as its labels want it to be judged.
type Examined struct {
	Service string
	Status  labels.StatusRange // of the answers that count as errors
	Latency time.Duration      // an answer slower than this is slow; 0: it does not matter
}

// Trials returns for each app that has users what is to be judged, by name.
func Trials(s State, w *World, p *Policy, now time.Time) []Trial {
	groups := group(w, s.Apps, p)
	var out []Trial
	for _, name := range names(s.Apps, nil, nil) {
		t := newTurn(s.Apps[name], name, groups[name], Input{World: w, Now: now}, s.Confirmed, 0)
		if t.app.Active != "" {
			out = append(out, t.trial())
		}
	}
	return out
}

// trial returns what is to be judged now.
func (t *turn) trial() Trial {
	out := Trial{App: t.app.Name, Active: t.app.Active}
	by := t.app.Active
	if c := t.onTrial(); c != "" {
		r := t.app.Run
		out.Key, out.Candidate, out.Alone, by = trialKey(r), c, t.app.Active == c, c
	}
	var up, down []*Container
	for _, m := range t.members.of(by) {
		if !m.valid() {
			continue
		}
		out.add(m.Spec)
		switch {
		case len(m.Spec.HTTP.Services) == 0:
		case t.serving(m):
			up = append(up, m)
		default:
			down = append(down, m)
		}
	}
	if out.Key != "" {
		out.Servers, out.Down, out.Replicas = ids(up), ids(down), len(up) > len(services(up))
	}
	slices.SortFunc(out.Services, func(a, b Examined) int { return cmp.Compare(a.Service, b.Service) })
	return out
}

// trialKey tells the trials of an app apart: those of a release whose
// containers were replaced on its way too.
func trialKey(r *Run) string { return fmt.Sprintf("%s/%d/%d", r.Color, r.Begun.UnixNano(), r.Anew) }

// onTrial returns the color of the release if it has users, or "". Once the
// release has ended well it is on trial for AlarmAfter more.
func (t *turn) onTrial() labels.Color {
	r := t.app.Run
	switch {
	case r == nil:
	case t.app.underWay() && t.app.Active != r.Color && t.app.Active != "" && t.app.Share(r.Color) > 0:
		return r.Color
	case t.app.Active == r.Color && !r.Step.before(Verify) && (r.Outcome == "" || r.Outcome == Done && t.in.Now.Before(r.Ended.Add(AlarmAfter))):
		return r.Color
	}
	return ""
}

// add takes one container's labels in: of rules for the whole app the
// strictest one holds.
func (o *Trial) add(s *labels.Spec) {
	j := s.Judge
	if !j.Enable {
		return
	}
	for _, service := range s.HTTP.Services {
		if !slices.ContainsFunc(o.Services, func(e Examined) bool { return e.Service == service.Name }) {
			o.Services = append(o.Services, Examined{service.Name, j.Status, j.Latency})
		}
	}
	if len(s.HTTP.Services) == 0 {
		return
	}
	if o.Rules.Alpha == 0 || j.Alpha < o.Rules.Alpha {
		o.Rules.Alpha = j.Alpha
	}
	if j.Errors > 0 && (o.Rules.Limit == 0 || j.Errors < o.Rules.Limit) {
		o.Rules.Limit = j.Errors
	}
}
