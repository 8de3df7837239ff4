package docker

import (
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"

	"bg/controller/rollout"
)

// record is what the watch knows of one container.
type record struct {
	id   string
	out  *rollout.Container // as handed on; nil until there is something to say
	fact *fact              // of the last inspect that went well, or nil

	// The newest stop signal, and the newest end, by events. The signal
	// counts as long as the container runs on from before it.
	stop   time.Time
	signal int
	died   time.Time
	code   int // with which it ended
	// The newest pause and its end. No inspect that was asked for after the
	// pause has been answered as long as paused is set.
	paused  time.Time
	resumed time.Time
	// The newest time that the kernel ran out of its memory. Docker forgets
	// it in inspects if the container's end is reported first.
	oom time.Time

	// What a list or an event said before the first inspect went well.
	told entry

	// Where the list shows another face than the inspect right after it,
	// time and again, the two just don't tell the same and are left so.
	doubt  [2]face
	doubts int

	queued   lane
	inFlight bool
	again    bool // an event came in while an inspect was under way
	failures int  // inspects in a row
	retry    time.Time
}

// maxDoubts is how often a list that contradicts an inspect leads to
// another one while both stay as they are.
const maxDoubts = 3

// heed notes what an event says that no inspect can show.
func (r *record) heed(h hint) {
	own := sigTERM
	if r.fact != nil {
		own = r.fact.ownStop
	}
	switch {
	case h.action == events.ActionKill && stops(h.signal, own) && h.at.After(r.stop):
		r.stop, r.signal = h.at, h.signal
	case h.action == events.ActionDie && h.at.After(r.died):
		r.died, r.code = h.at, h.code
	case h.action == events.ActionPause && h.at.After(r.paused):
		r.paused = h.at
	case h.action == events.ActionUnPause && h.at.After(r.resumed):
		r.resumed = h.at
	case h.action == events.ActionOOM && h.at.After(r.oom):
		r.oom = h.at
	}
}

// learn takes over what an inspect said.
func (r *record) learn(f *fact) {
	if r.fact != nil && !r.fact.started.Equal(f.started) && !r.died.Before(r.stop) {
		// Whom the signal was meant for is dead. Without this a clock set
		// back in between would keep the next incarnation out.
		r.stop = time.Time{}
	}
	if r.fact != nil && !r.fact.started.Equal(f.started) {
		r.died = time.Time{} // it was the one before who died
	}
	if r.queued == idle {
		r.paused = time.Time{} // nothing was told since the inspect was asked for
	}
	r.fact, r.told = f, entry{}
	r.failures, r.retry = 0, time.Time{}
}

// stopping reports whether the running incarnation got its stop signal.
// Signals from before its start, which come with old, doubled and reordered
// events, were not meant for it.
func (r *record) stopping() bool {
	return r.fact != nil && r.fact.state == container.StateRunning && r.stop.After(r.fact.started)
}

// dead reports whether the incarnation that was seen to run has ended since.
// Docker tells of the end before it tidies up, and answers no inspect until it
// is done with that: 130 to 350 ms on Engine 20.10, in which users would go on
// being sent to nobody.
func (r *record) dead() bool {
	return r.fact != nil && r.fact.state == container.StateRunning && r.died.After(r.fact.started)
}

// frozen reports whether the incarnation that was seen to run has been paused
// since. Engine 20.10 answers no inspect of a container that was paused while a
// health check was being started in it, for as long as that lasts: 10 s with such
// a timeout, in which every request to it hangs.
func (r *record) frozen() bool {
	return r.fact != nil && r.fact.state == container.StateRunning &&
		r.paused.After(r.fact.started) && r.paused.After(r.resumed)
}

// due reports whether a list that shows f makes an inspect due.
func (r *record) due(f face) bool {
	switch {
	case r.fact == nil || r.failures > 0 || r.stopping() || r.dead() || r.frozen():
		return true
	case r.fact.face == f:
		r.doubts = 0
		return false
	case r.doubt != [2]face{r.fact.face, f}:
		r.doubt, r.doubts = [2]face{r.fact.face, f}, 0
	}
	r.doubts++
	return r.doubts <= maxDoubts
}

// refresh brings out up to date with fact and events, and reports whether it
// changed. Without a fact it stays.
func (r *record) refresh() bool {
	f := r.fact
	if f == nil {
		return false
	}
	c := rollout.Container{
		ID: r.id, Name: f.name, Address: f.address, Ran: !f.started.IsZero(), Started: f.started,
		Spec: f.asked.spec, Invalid: f.asked.invalid,
	}
	s := signs{
		stopping: r.stopping(), signal: r.signal, paused: r.frozen(),
		dead: r.dead(), code: r.code, oom: r.oom.After(f.started),
	}
	if s.dead {
		c.Address = "" // Docker may give it to another container
	}
	c.Condition, c.Detail = f.condition(s)
	switch {
	case s.dead:
		c.Code = s.code
	case c.Condition == rollout.Exited:
		c.Code = f.code
	}
	if r.out != nil && *r.out == c {
		return false
	}
	r.out = &c
	return true
}

// admit shows a container that Docker does not answer for and that nothing
// is shown of yet. It reports whether there is something to show now.
func (r *record) admit() bool {
	if r.out != nil || r.told.labels == nil {
		return false
	}
	// What is wrong with the labels is for the first look to say: the
	// exposed ports are not all known yet.
	a := decode(r.told.face.name, r.told.face.labels, r.told.labels, r.told.ports, nil)
	r.out = &rollout.Container{
		ID: r.id, Name: r.told.face.name, Spec: a.spec,
		Condition: rollout.Unknown, Detail: "Docker does not answer for it",
	}
	return true
}
