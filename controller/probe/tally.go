package probe

import (
	"slices"
	"time"

	"bg/controller/rollout"
)

// outcome is how one check ended.
type outcome struct {
	subject *subject
	serial  uint64    // from 1 on, in the order in which the subject's checks began
	began   time.Time // of the check
	// before is when the newest check began that had been answered by then, by
	// any container of the same network; zero: none.
	before time.Time
	heard  bool  // the container answered, be it wrongly
	fault  error // nil: it passed
}

// tally is what the checks of one life of a container come to. Checks may
// overlap: they count in the order in which they began.
type tally struct {
	limit  int       // failures in a row that make it failing
	passed uint64    // serial of the newest check that passed; 0: none
	failed []outcome // the newest ones that began after that one, no more than count
	sure   bool      // it is failing, and that is not for lack of ears
	fault  string    // that is shown while it is failing
	latest string    // fault
	same   int       // how many times in a row latest came
}

// note takes in how a check ended. alone says that nobody else could be heard
// on the subject's network.
func (t *tally) note(o outcome, alone bool) {
	switch {
	case o.serial < t.passed:
		return // a check that began later has passed
	case o.fault == nil:
		t.passed = o.serial
		t.failed = slices.DeleteFunc(t.failed, func(f outcome) bool { return f.serial < o.serial })
	default:
		t.miss(o)
	}
	if len(t.failed) < t.limit {
		t.sure, t.fault = false, ""
		return
	}
	t.sure = t.sure || alone || t.vouched()
	// A fault that comes and goes with another is not told anew each time: each
	// telling is a decision.
	if t.fault == "" || t.same >= max(t.limit, 2) {
		t.fault = t.latest
	}
}

// miss adds a failure.
func (t *tally) miss(o outcome) {
	if text := o.fault.Error(); text == t.latest {
		t.same++
	} else {
		t.latest, t.same = text, 1
	}
	i, _ := slices.BinarySearchFunc(t.failed, o, func(f, o outcome) int { return int(f.serial) - int(o.serial) })
	t.failed = slices.Insert(t.failed, i, o)
	t.failed = t.failed[max(0, len(t.failed)-max(t.limit, 2)):] // two have something between them
}

// vouched reports whether the failures in a row are the container's own. It is
// so if it answered the newest check, wrongly, or if another container was
// heard in between. Where all fall silent at once, the first one would else be
// demoted in favor of one that was merely asked later; and where all are heard
// again, in favor of the first one to be asked again. So a single silence is
// never enough where there are others, whatever the labels say.
func (t *tally) vouched() bool {
	first, newest := t.failed[0], t.failed[len(t.failed)-1]
	return newest.heard || slices.ContainsFunc(t.failed, func(f outcome) bool { return f.before.After(first.began) })
}

// check returns what the tally says about the subject's life.
func (t *tally) check(c rollout.Checkup) rollout.Check {
	failing := len(t.failed) >= t.limit
	silent := failing && !slices.ContainsFunc(t.failed, func(f outcome) bool { return f.heard })
	return rollout.Check{
		Started: c.Started, Address: c.Address,
		Passed: t.passed > 0, Failing: failing, Silent: silent, Deaf: failing && !t.sure, Fault: t.fault,
	}
}
