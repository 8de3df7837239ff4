package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/term"

	"bg/controller/api"
)

const (
	watchPoll  = 30 * time.Second // how long one question may wait for a change
	watchTick  = time.Second      // between redraws on a terminal, for the ages
	watchRetry = 500 * time.Millisecond
	watchLost  = time.Minute // without a controller, until the watch gives up
)

// sighting is one answer of the controller, or why there is none.
type sighting struct {
	status api.Status
	err    error
}

// watch shows st and every change after it until ctx ends, which is a good
// end, or the controller is gone for a minute.
func (p *program) watch(ctx context.Context, client *api.Client, st api.Status, v view, asJSON bool) error {
	ctx, cancel := context.WithCancel(ctx)
	seen := make(chan sighting)
	done := make(chan struct{})
	go func() {
		defer close(done)
		follow(ctx, client, st.Revision, seen)
	}()
	defer func() { cancel(); <-done }()

	if _, terminal := p.terminal(); terminal && !asJSON {
		return p.watchTerminal(ctx, st, v, seen)
	}
	show := lines(p.out, v.app)
	if asJSON {
		show = jsonLines(p.out, v.app)
	}
	if err := show(st); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case s := <-seen:
			switch {
			case errors.Is(s.err, errLost):
				return s.err
			case s.err != nil:
				fmt.Fprintf(p.err, "bg: %s; trying again\n", oneLine(s.err.Error()))
			default:
				if err := show(s.status); err != nil {
					return err
				}
			}
		}
	}
}

var errLost = fmt.Errorf("%w: gave up after %v", api.ErrNoController, watchLost)

// follow sends each new picture, and the first of the errors in a row, until
// ctx ends or errLost is sent.
func follow(ctx context.Context, client *api.Client, after uint64, seen chan<- sighting) {
	var failing time.Time
	for ctx.Err() == nil {
		st, err := client.Status(ctx, after, watchPoll)
		var s *sighting
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if st.Revision != after || !failing.IsZero() {
				s = &sighting{status: st}
			}
			// A controller that was started anew counts from 1 again.
			after, failing = st.Revision, time.Time{}
		case failing.IsZero():
			failing = time.Now()
			s = &sighting{err: err}
		case time.Since(failing) > watchLost:
			s = &sighting{err: errLost}
		}
		if err != nil {
			after = 0 // the next answer comes at once
		}
		if s != nil {
			select {
			case seen <- *s:
			case <-ctx.Done():
				return
			}
			if errors.Is(s.err, errLost) {
				return
			}
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(watchRetry):
			}
		}
	}
}

// watchTerminal redraws in place.
func (p *program) watchTerminal(ctx context.Context, st api.Status, v view, seen <-chan sighting) error {
	tick := time.NewTicker(watchTick)
	defer tick.Stop()
	f, _ := p.terminal()
	frame := frame{out: p.out}
	defer frame.leave()
	at, trouble := time.Now(), ""
	for {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil {
			width, height = 80, 24
		}
		v.width = width
		now := st
		now.Time = st.Time.Add(time.Since(at)) // by the controller's clock
		text := v.render(now)
		if trouble != "" {
			text += "\n" + v.style.red("✗") + " " + trouble + "\n"
		}
		frame.draw(text, width, height)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case s := <-seen:
			switch {
			case errors.Is(s.err, errLost):
				return s.err
			case s.err != nil:
				trouble = oneLine(s.err.Error()) + "; trying again"
			default:
				st, at, trouble = s.status, time.Now(), ""
			}
		}
	}
}
