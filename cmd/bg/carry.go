package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/controller/api"
)

// appearLimit is how long the controller may take to show a release that it
// has begun.
const appearLimit = time.Minute

// backLimit is how long the proxy may take to serve what was before to the users
// of a release that has failed.
const backLimit = 30 * time.Second

// carry follows the release from picture to picture and does the client's
// part of it whenever it is at a step that has one.
func (d *deployment) carry(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	seen, done := make(chan sighting), make(chan struct{})
	go func() {
		defer close(done)
		follow(ctx, d.client, 0, seen)
	}()
	defer func() { cancel(); d.starting.stop(); <-done }()

	appear := time.NewTimer(appearLimit)
	defer appear.Stop()
	var back <-chan time.Time
	for known := false; ; {
		var up chan struct{} // of docker compose up, while it runs
		if d.starting != nil {
			up = d.starting.done
		}
		select {
		case <-ctx.Done():
			if d.release.Outcome != "" {
				return nil
			}
			return d.stopped(ctx, ctx.Err())
		case <-back:
			return nil
		case <-appear.C:
			if !known {
				return fmt.Errorf("the controller does not show release %s, which it began: see its log", d.release.ID)
			}
			continue
		case <-up:
			err := d.starting.err
			d.starting = nil
			if err == nil {
				continue
			}
			if st, later := d.client.Status(ctx, 0, 0); later == nil {
				d.sight(ctx, st)
			}
			if d.release.Outcome != "" { // the controller was first
				return nil
			}
			return d.giveUp(ctx, err)
		case s := <-seen:
			if errors.Is(s.err, errLost) {
				return fmt.Errorf("%w; %s", s.err, d.goesOn())
			}
			if s.err != nil {
				d.show.say("%s; trying again", s.err.Error())
				continue
			}
			a, ok := d.sight(ctx, s.status)
			if !ok && known && a != nil && a.Release != nil && d.newer(*a.Release) {
				return d.overtaken(*a.Release)
			}
			if !ok {
				continue
			}
			known = true
		}
		if over, err := d.act(ctx); over || err != nil {
			return err
		}
		if d.leaving() && back == nil {
			back = time.After(backLimit)
		}
	}
}

// leaving reports whether the release has failed, and the proxy does not serve
// yet what that means for its users.
func (d *deployment) leaving() bool {
	switch d.release.Outcome {
	case "", api.ReleaseDone, api.ReleaseSuperseded:
		return false
	}
	return stepIndex(d.release.Step) >= stepIndex(api.StepTraffic) && d.app.Active != "" && !d.app.Live
}

// sight takes note of a picture. ok is false if the release is not in it.
func (d *deployment) sight(ctx context.Context, st api.Status) (a *api.App, ok bool) {
	app, err := pick(st, d.plan.App)
	if err != nil {
		return nil, false
	}
	if app.Release == nil || app.Release.ID != d.release.ID || app.Release.Color != d.release.Color {
		return &app, false
	}
	if app.Release.Begun.Before(d.release.Begun) {
		return &app, false // an earlier run of the same release
	}
	d.track(ctx, st, app)
	if app.Release.Outcome == "" {
		d.before = app
	}
	d.app, d.release = app, *app.Release
	return &app, true
}

// act does what the step asks of the client. over is true once there is
// nothing to wait for any more.
func (d *deployment) act(ctx context.Context) (over bool, err error) {
	r := d.release
	switch {
	case r.Outcome != "":
		return !d.leaving(), nil
	case d.reached():
		return true, nil
	case d.project == nil:
		return false, nil
	case r.Step == api.StepPrepare && !d.proceed:
		if err := d.prepare(ctx); err != nil {
			return true, d.giveUp(ctx, err)
		}
		d.proceed = true
	case r.Step == api.StepStart && !d.started:
		d.started = true
		if d.starting, err = d.up(ctx); err != nil {
			return true, d.giveUp(ctx, err)
		}
	}
	return false, nil
}

// reached reports whether the release is as far as the options want it.
func (d *deployment) reached() bool {
	switch at := stepIndex(d.release.Step); {
	case d.options.soaked: // what waits for bg contract may wait for weeks
		return at == stepIndex(api.StepContract) && d.plan.asksForContract()
	default:
		return at > stepIndex(api.StepVerify)
	}
}

// giveUp ends the release for a fault of the client's part, unless it was
// merely told to stop.
func (d *deployment) giveUp(ctx context.Context, err error) error {
	var refusal *api.Refusal
	if errors.Is(context.Cause(ctx), errTooLong) {
		err = fmt.Errorf("%w after %v", errTooLong, d.options.timeout)
	} else if ctx.Err() != nil {
		return d.stopped(ctx, err)
	}
	d.starting.stop()
	if !errors.As(err, &refusal) {
		d.abort(ctx, err)
	}
	d.show.failed(orElse(d.at, d.release.Step), d.show.took(), err.Error())
	d.at = ""
	d.troubles(err.Error())
	code := exitFailed
	if errors.Is(err, errTooLong) {
		code = exitTimeout
	}
	return &exitError{code: code, text: fmt.Sprintf("release %s of %s failed at %s: %s\n%s",
		d.release.ID, d.plan.App, d.release.Step, oneLine(err.Error()), "Users were not touched.")}
}

// newer reports whether other came after this release.
func (d *deployment) newer(other api.Release) bool {
	return !other.Begun.Before(d.release.Begun) && (other.ID != d.release.ID || other.Begun.After(d.release.Begun))
}

// overtaken is the end of a release that another took the place of while
// nobody looked.
func (d *deployment) overtaken(by api.Release) error {
	if d.release.Live {
		d.release.Outcome, d.release.Cause = api.ReleaseSuperseded, "release "+by.ID+" began"
		return nil
	}
	return fmt.Errorf("release %s took the place of %s: see '%s history %s'", orElse(by.ID, "of "+by.Color), d.release.ID, d.name, d.plan.App)
}

// stopped says what becomes of the release when this program is told to
// stop, or its time is over.
func (d *deployment) stopped(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == nil:
		return err
	case errors.Is(context.Cause(ctx), errTooLong):
		return &exitError{code: exitTimeout, text: fmt.Sprintf("%s is not live after %v: %s", d.plan.App, d.options.timeout, d.goesOn())}
	}
	return &exitError{code: exitInterrupted, text: d.goesOn()}
}

// goesOn says what becomes of the release without this program.
func (d *deployment) goesOn() string {
	at := stepIndex(d.release.Step)
	switch {
	case d.release.ID == "":
		return "nothing was released"
	case d.project != nil && at <= stepIndex(api.StepPrepare) && !d.proceed:
		return fmt.Sprintf("release %s is left at %s: the same command takes it up again, '%s unlock %s' ends it",
			d.release.ID, d.release.Step, d.name, d.plan.App)
	case d.project != nil && at <= stepIndex(api.StepStart) && (!d.started || d.starting != nil):
		return fmt.Sprintf("release %s is left at %s: the same command takes it up again; unless its containers are ready within %s, the controller ends it",
			d.release.ID, d.release.Step, d.plan.Deadline)
	}
	return fmt.Sprintf("release %s is at %s, and the controller goes on with it: see '%s status %s'",
		d.release.ID, d.release.Step, d.name, d.plan.App)
}
