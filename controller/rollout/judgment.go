package rollout

import (
	"time"

	"bg/controller/judge"
	"bg/labels"
)

// Judgment is what came out of an app's trial up to now.
type Judgment struct {
	Key       string        `json:"-"`                       // of the Trial
	Service   string        `json:"service,omitempty"`       // that it is about; "": all of them together
	Saved     uint64        `json:"saved"`                   // requests that the other color answered in its place
	SlowAfter time.Duration `json:"slow_after_ns,omitempty"` // an answer that took longer counted as slow; 0: none did
	judge.Verdict
}

// judgment returns what is known of the release's traffic, or nil.
func (t *turn) judgment() *Judgment {
	j, found := t.in.Judgments[t.app.Name]
	if !found || t.onTrial() == "" || j.Key != trialKey(t.app.Run) {
		return nil
	}
	return &j
}

// heed takes traffic away from a release that it speaks against, as long as
// the other color can take it.
func (t *turn) heed() {
	j := t.judgment()
	if j == nil || j.Outcome != judge.Fail || !t.app.underWay() {
		return
	}
	c := t.app.Run.Color
	if other := c.Other(); !t.proven(other) || t.app.Active == c && t.app.side(other).Role != Standby {
		return // alarm tells of it
	}
	t.evidence = j
	t.fail(TakenBack, j.text())
	t.evidence = nil
}

// text says what was found, and where.
func (j *Judgment) text() string {
	if j.Service == "" {
		return j.Reason
	}
	return "service " + j.Service + ": " + j.Reason
}

// evident reports whether the traffic of a canary speaks for it, so that it
// may have more. Where nothing can be told of the traffic, time alone counts.
func (t *turn) evident(c labels.Color) bool {
	if t.in.Proxy == nil || !t.in.Proxy.Metrics || len(t.trial().Services) == 0 {
		return true
	}
	j := t.judgment()
	if j != nil && j.Outcome == judge.Pass {
		t.evidence = j
		return true
	}
	why := "nothing is known of its traffic yet"
	if j != nil {
		why = j.text()
	}
	switch t.thin(c) {
	case labels.ThinPromote:
		t.evidence = j
		return true
	case labels.ThinHold:
	default:
		if !t.late(t.deadline(c), true) {
			return false
		}
	}
	t.evidence = j
	t.hold(why)
	t.evidence = nil
	return false
}

// thin returns what becomes of a step with too little traffic: the most
// careful of what the color's labels ask for.
func (t *turn) thin(c labels.Color) labels.Thin {
	out := labels.ThinPromote
	for _, m := range t.members.of(c) {
		if !m.valid() || len(m.Spec.HTTP.Services) == 0 || !m.Spec.Judge.Enable {
			continue
		}
		switch m.Spec.Judge.Thin {
		case labels.ThinHold:
			return labels.ThinHold
		case labels.ThinPromote:
		default:
			out = labels.ThinExtend
		}
	}
	return out
}
