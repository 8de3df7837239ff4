package controller

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/judge"
	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// arm is one service of an app, or all of them, as the court knows it. It is
// plain data, as the store keeps it.
type arm struct {
	Key      string                          // of the trial
	Rule     string                          // what counted as an error, and as slow
	Past     map[labels.Color]*judge.History // of each color while it had users
	Baseline *judge.Baseline                 `json:",omitempty"` // of the former color, from the switch on
	Trial    *judge.Trial                    `json:",omitempty"`
	Saved    uint64                          // requests that the other color answered in the candidate's place

	record *judge.Recorder // what the trial heard, for whoever wants to check it
	bound  time.Duration   // slower than this counted as slow; 0: nothing did
	kept   time.Time       // when the store was last looked after
	sum    uint64          // of what the store got last
}

// maxRecord bounds the record of one arm in polls; older ones are folded
// into the state that it starts from.
const maxRecord = 1200

// open makes the arm ready for what is judged now.
func (a *arm) open(t rollout.Trial, name string) {
	if rule := ruleOf(t, name); a.Rule != rule || a.Past == nil {
		// What was counted by another rule is no measure.
		a.Rule, a.Past, a.Baseline = rule, map[labels.Color]*judge.History{}, nil
	}
	if a.Key != t.Key {
		a.begin(t, name)
	}
}

// hear takes one look in.
func (a *arm) hear(l look, name string) {
	at, t := l.at, l.trial
	if t.Key == "" {
		a.past(t.Active).Add(at, a.count(t, name, t.Active, l.deltas))
		return
	}
	if a.record == nil {
		a.record = judge.NewRecorder(a.Trial, maxRecord)
	}
	p := judge.Poll{At: at, Candidate: a.count(t, name, t.Candidate, l.deltas)}
	other := t.Candidate.Other()
	var base judge.Baseline
	if t.Alone {
		if a.Baseline == nil {
			b := a.past(other).Baseline(at)
			a.Baseline = &b
		}
		base = *a.Baseline
	} else {
		stable := a.count(t, name, other, l.deltas)
		p.Stable, base, a.Baseline = &stable, a.past(other).Baseline(at), nil
		a.past(other).Add(at, stable)
	}
	if a.Trial.Failed == "" {
		a.record.Add(p, base)
	}
	a.Trial.Add(p, base)
	a.past(t.Candidate).Add(at, p.Candidate)
}

// begin starts another trial, or ends the last one.
func (a *arm) begin(t rollout.Trial, name string) {
	a.Key, a.Trial, a.Baseline, a.Saved = t.Key, nil, nil, 0
	if t.Key == "" {
		return // the record stays for whoever wants to know what happened
	}
	a.record = nil
	rules := t.Rules
	for _, e := range servicesOf(t, name) {
		rules.Speed = rules.Speed || e.Latency > 0
	}
	a.Trial = judge.NewTrial(rules)
	if !t.Alone { // else it has had users since before anybody looked
		a.Past[t.Candidate] = &judge.History{}
	}
}

func (a *arm) past(c labels.Color) *judge.History {
	if a.Past[c] == nil {
		a.Past[c] = &judge.History{}
	}
	return a.Past[c]
}

// count sums what a color has answered.
func (a *arm) count(t rollout.Trial, name string, c labels.Color, deltas map[string]traefik.Delta) judge.Counts {
	var sum judge.Counts
	for _, e := range servicesOf(t, name) {
		d, answered := deltas[labels.Leaf(t.App, e.Service, c)]
		if !answered {
			continue
		}
		var n judge.Counts
		var bound time.Duration
		n.Requests, n.Errors, n.Timed, n.Slow, bound = d.Counts(e.Status, e.Latency)
		sum = sum.Plus(n)
		if bound > 0 {
			a.bound = bound
		}
	}
	return sum
}

// saved sums the requests that the candidate could not answer and that went
// to the other color after it.
func (a *arm) saved(t rollout.Trial, name string, deltas map[string]traefik.Delta) (n uint64) {
	for _, e := range servicesOf(t, name) {
		if d, answered := deltas[labels.Leaf(t.App, e.Service, t.Candidate)]; answered {
			n += d.Rescued()
		}
	}
	return n
}

// servicesOf returns the services that the arm is about.
func servicesOf(t rollout.Trial, name string) []rollout.Examined {
	if name == "" {
		return t.Services
	}
	i := slices.IndexFunc(t.Services, func(e rollout.Examined) bool { return e.Service == name })
	if i < 0 {
		return nil
	}
	return t.Services[i : i+1]
}

// ruleOf says by which rules the arm's requests are counted.
func ruleOf(t rollout.Trial, name string) string {
	var b strings.Builder
	for _, e := range servicesOf(t, name) {
		fmt.Fprintf(&b, "%s %d-%d %s;", e.Service, e.Status.From, e.Status.To, e.Latency)
	}
	return b.String()
}
