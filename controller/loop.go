package controller

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/controller/traefik"
)

// loop is what Run's goroutine owns. No other goroutine touches it.
type loop struct {
	*Controller
	ctx context.Context
	wg  *sync.WaitGroup

	state    rollout.State
	raw      *rollout.World // as Docker has it
	seen     *rollout.World // the same, each address with one container
	checks   map[string]rollout.Check
	checkups mailbox[[]rollout.Checkup] // to be asked for their health
	world    *rollout.World             // as Docker and the checks have it
	requests []request
	problems problems
	timer    *time.Timer
	serial   uint64 // of commands

	errands     errands
	blind       bool           // the last look at Docker failed
	proxy       *rollout.Proxy // nil until Traefik has told
	lost        error          // another controller publishes in this one's place
	publication publication
	verdicts    chan verdict
	court       court
	pace        mailbox[bool] // tells the meter whether to hurry
	hurry       bool          // what it was told last
	refused     uint64        // generation that Traefik would not take over
	reason      string
	policy      *rollout.Policy // of the operator's file; nil without one
}

func newLoop(ctx context.Context, c *Controller, wg *sync.WaitGroup) (*loop, error) {
	state, err := c.Store.Load()
	if err != nil {
		return nil, fmt.Errorf("load the state: %w", err)
	}
	l := &loop{
		Controller: c, ctx: ctx, wg: wg, state: rollout.Resume(state),
		problems: problems{}, timer: time.NewTimer(0), checkups: newMailbox[[]rollout.Checkup](),
		verdicts: make(chan verdict), errands: newErrands(),
		court: court{cases: map[string]*docket{}}, pace: newMailbox[bool](),
	}
	<-l.timer.C
	if c.PolicyFile != "" {
		data, err := readPolicyFile(c.PolicyFile)
		found := lawOf(c.PolicyFile, data, err)
		if found.err != nil {
			return nil, found.err
		}
		l.policy = found.policy
	}
	if l.publication.certificate, err = c.certificate(); err != nil {
		return nil, err
	}
	if err := l.adopt(); err != nil {
		return nil, err
	}
	return l, nil
}

// begin brings the file to what the state says, before Docker was looked at:
// that is the last decision, or the one before it if a crash came between.
func (l *loop) begin() {
	if l.publication.written {
		l.watch()
	} else {
		l.publish()
	}
	l.wake(time.Time{})
	l.show()
}

func (l *loop) look(look docker.Look) {
	if look.World != nil && look.World != l.raw {
		l.raw = look.World
		l.seen = rollout.Undisputed(look.World, l.seen)
		l.world = rollout.Checked(l.seen, l.checks, l.world)
		l.checkups.put(rollout.Checkups(l.seen))
	}
	l.blind = look.Err != nil
	if look.Err != nil {
		l.problems.set("docker", traefik.Problem{Severity: "error", Text: fmt.Sprintf("cannot look at Docker: %v; all routes stay as they are", look.Err)})
	} else {
		l.problems.set("docker")
	}
	l.step()
}

// learn takes in what Traefik says of itself. While it does not answer, it can
// what it could.
func (l *loop) learn(s setup) {
	l.problems.set("traefik", s.problems...)
	can := rollout.Proxy{Failover: s.info.Failover, Metrics: s.info.Metrics && l.Metrics != nil}
	if s.info.Version != "" && (l.proxy == nil || *l.proxy != can) {
		l.proxy = &can
		l.step()
		return
	}
	l.show()
}

func (l *loop) verdict(v verdict) {
	if v.generation != l.state.Generation {
		return // a newer one is under way
	}
	l.publication.settle(l, v)
	l.step()
}

// step decides once, and carries the decision out, unless another controller
// has taken over meanwhile: what this one knows is of before, and whoever
// starts it again has it look at everything afresh.
func (l *loop) step() {
	if err := l.Publisher.Held(); errors.Is(err, traefik.ErrHeld) {
		l.Log.Error("another controller has taken over", "error", err)
		l.lost = err
		for _, r := range l.requests {
			r.reply <- rollout.Reply{Refusal: err.Error()}
		}
		return
	}
	in := rollout.Input{
		Now: time.Now(), World: l.world,
		Confirmed: l.publication.confirmed,
		Refused:   l.refused, Reason: l.reason,
		Proxy: l.proxy, Blind: l.blind, Verdicts: l.errands.verdicts, Failures: l.errands.failures(),
		Judgments: l.court.judgments(), Policy: l.policy,
	}
	waiting := map[string]request{}
	for _, r := range l.requests {
		l.serial++
		r.command.ID = strconv.FormatUint(l.serial, 10)
		waiting[r.command.ID] = r
		in.Commands = append(in.Commands, r.command)
	}
	l.requests = nil

	next, plan := rollout.Decide(l.state, in)
	if err := l.Store.Save(l.state, next, plan.Events); err != nil {
		// Nothing that is not saved may have an effect: the state stays what
		// it was, and the same facts lead to the same decision later.
		l.Log.Error("the state could not be saved", "error", err)
		l.problems.set("state", traefik.Problem{Severity: "error", Text: fmt.Sprintf("the state cannot be saved: %v; nothing changes until it can", err)})
		for id, r := range waiting {
			r.reply <- rollout.Reply{ID: id, Refusal: fmt.Sprintf("the state cannot be saved: %v", err)}
		}
		l.timer.Reset(retryPause)
		l.show()
		return
	}
	l.problems.set("state")
	l.refused, l.reason = 0, ""
	l.state = next
	for _, e := range plan.Events {
		l.Log.Info("decided", "change", string(e.Change), "app", e.App, "active", e.Active,
			"blue", e.Blue, "green", e.Green, "cause", e.Cause, "actor", e.Actor, "generation", e.Generation)
		l.board.note(e)
	}
	if l.publication.due(next.Generation) {
		l.publish()
	}
	for _, r := range plan.Replies {
		waiting[r.ID].reply <- r
	}
	if again := l.send(plan.Actions); plan.Wake.IsZero() || !again.IsZero() && again.Before(plan.Wake) {
		plan.Wake = again
	}
	l.wake(plan.Wake)
	l.haste()
	l.show()
}

// wake sets the timer to the next moment at which time alone matters.
func (l *loop) wake(at time.Time) {
	if !l.publication.retry.IsZero() && (at.IsZero() || l.publication.retry.Before(at)) {
		at = l.publication.retry
	}
	if at.IsZero() {
		l.timer.Stop()
		return
	}
	l.timer.Reset(max(0, time.Until(at)))
}

// show puts up the newest picture for everybody who asks.
func (l *loop) show() {
	l.board.put(snapshot{
		state: l.state, world: l.world, problems: l.problems.list(),
		confirmed: l.publication.confirmed, judgments: l.court.judgments(), policy: l.policy,
	})
}

// certificate returns the default certificate, made once and kept: Traefik
// would else make a new RSA one at every reload, which takes it about 85 ms.
func (c *Controller) certificate() (*traefik.Certificate, error) {
	const key = "default-certificate"
	if pem, err := c.Store.Get(key); err != nil {
		return nil, fmt.Errorf("load the default certificate: %w", err)
	} else if pem != nil {
		cert, err := traefik.ParseCertificate(pem, time.Now())
		if err == nil {
			return cert, nil
		}
		c.Log.Warn("the stored default certificate is replaced", "error", err)
	}
	cert, err := traefik.NewCertificate(time.Now())
	if err != nil {
		return nil, fmt.Errorf("make a default certificate: %w", err)
	}
	if err := c.Store.Put(map[string][]byte{key: cert.PEM()}); err != nil {
		return nil, fmt.Errorf("keep the default certificate: %w", err)
	}
	return cert, nil
}

// adopt takes note of the file that is there. Where the state was lost but
// a file of bg's is live, generations go on from it, and it stays until
// Docker has told what to put in its place.
func (l *loop) adopt() error {
	data, err := l.Publisher.Current()
	if err != nil {
		return fmt.Errorf("read the file for Traefik: %w", err)
	}
	l.publication.data = data
	if l.state.Generation > 0 || data == nil {
		return nil
	}
	generation, ok := traefik.Generation(data)
	if !ok {
		return errors.New("the folder for Traefik holds a bg.yml that bg did not write: move it away")
	}
	l.state.Generation = generation
	l.publication.generation = generation
	l.publication.written, l.publication.at = true, time.Now()
	return nil
}
