package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/controller/api"
	"bg/labels"
)

// atOnce is the time within which a step without work is not worth a line.
const atOnce = 100 * time.Millisecond

// unknownTime is that of a step which no picture showed.
const unknownTime = time.Duration(-1)

// track shows what is new in a picture. The times are the controller's.
func (d *deployment) track(ctx context.Context, st api.Status, a api.App) {
	r := *a.Release
	if r.Step != d.at {
		if d.at != "" {
			d.pass(ctx, d.at, r.Entered.Sub(d.release.Entered), true)
			for i := stepIndex(d.at) + 1; i < stepIndex(r.Step); i++ { // between two pictures
				d.pass(ctx, steps[i], unknownTime, false)
			}
		}
		d.at = r.Step
		if r.Outcome == "" {
			d.show.begin(r.Step, st.Time.Sub(r.Entered), "")
		}
	}
	switch r.Outcome {
	case "":
		text := r.Cause
		if r.Of > 0 && d.show.live != nil {
			text = joined(text, fmt.Sprintf("healthy %s of %s", seconds(r.Healthy), seconds(r.Of)))
		}
		d.show.wait(text, a, r.Step == api.StepTraffic || r.Step == api.StepClear || r.Step == api.StepContract)
	case api.ReleaseDone, api.ReleaseSuperseded:
		d.pass(ctx, d.at, st.Time.Sub(r.Entered), true)
		d.at = ""
	default:
		d.show.failed(d.at, st.Time.Sub(r.Entered), r.Cause)
		d.at = ""
	}
}

// pass shows a step that is over.
func (d *deployment) pass(ctx context.Context, step string, took time.Duration, seen bool) {
	text := d.plan.work(step)
	if text == "" && (!seen || took < atOnce && d.show.json == nil) {
		return
	}
	if step == api.StepHandover && text != "" {
		text = orElse(d.gap(ctx), text)
	}
	d.show.done(step, took, text)
}

// gap is what the history says of the time in which no color ran the
// exclusive services.
func (d *deployment) gap(ctx context.Context) string {
	events, err := d.client.History(ctx, d.plan.App, 50)
	if err != nil {
		return ""
	}
	for _, e := range slices.Backward(events) {
		if e.Change == "handover" && (e.Release == d.release.ID || e.Release == "") {
			return oneLine(e.Cause)
		}
	}
	return ""
}

// finish does what is left once the release is live or over.
func (d *deployment) finish(ctx context.Context) error {
	r := d.release
	if d.project == nil || d.idle || r.Outcome != "" && r.Outcome != api.ReleaseDone && r.Outcome != api.ReleaseSuperseded {
		return nil
	}
	d.shelf.markLive(r.ID)
	if d.options.soaked && d.plan.Retire == string(labels.Remove) && (r.Outcome == api.ReleaseDone || r.Step == api.StepContract) {
		if other := labels.Color(r.Color).Other(); d.plan.Active == string(other) {
			if err := d.cli.Remove(ctx, d.project, other); err != nil {
				return fmt.Errorf("release %s is live, but the containers of %s could not be removed: %w", r.ID, other, err)
			}
			d.show.say("the containers of %s are removed", other)
		}
	}
	if err := d.prune(ctx); err != nil {
		d.show.say("%s", err.Error())
	}
	return nil
}

// report says how it ended, and returns the error that makes the exit code.
func (d *deployment) report(err error) error {
	code, text := exitDone, ""
	if err == nil {
		if code, text = d.ending(); code != exitDone {
			err = &exitError{code: code, text: text}
		}
	} else {
		text = err.Error()
	}
	if d.options.asJSON {
		state := "done"
		if err != nil {
			state = "failed"
		}
		d.show.event("deploy", state, time.Since(d.start), text)
	}
	switch own, ok := err.(*exitError); {
	case err == nil && !d.options.asJSON:
		fmt.Fprintln(d.show.out, text)
	case ok && d.options.asJSON:
		return &exitError{code: own.code}
	}
	return err
}

// ending puts how the release ended into words.
func (d *deployment) ending() (code int, text string) {
	r, app, took := d.release, d.plan.App, shortSpan(time.Since(d.start))
	at := orElse(r.ID, r.Color)
	switch r.Outcome {
	case "", api.ReleaseDone, api.ReleaseSuperseded:
		switch {
		case d.idle:
			return exitDone, fmt.Sprintf("%s: nothing to do: release %s has all users already; --force releases it again", app, at)
		case r.Outcome == api.ReleaseDone:
			text = fmt.Sprintf("%s: release %s is live on %s and done (%s)", app, at, r.Color, took)
		case r.Outcome == api.ReleaseSuperseded:
			text = fmt.Sprintf("%s: release %s was live on %s; a newer one has taken over (%s)", app, at, r.Color, took)
		case r.Step == api.StepSoak && d.plan.Active != "":
			text = fmt.Sprintf("%s: release %s is live on %s (%s); %s stays warm for %s, '%s rollback' goes back to it",
				app, at, r.Color, took, d.plan.Active, orElse(d.plan.Soak, "a while"), d.name)
		default:
			text = fmt.Sprintf("%s: release %s is live on %s (%s)", app, at, r.Color, took)
		}
		if d.plan.asksForContract() && r.Outcome != api.ReleaseSuperseded {
			text += fmt.Sprintf("\nIts contract hooks wait for '%s contract'.", d.name)
		}
		return exitDone, text
	case api.ReleaseDemoted:
		code = exitDemoted
	case api.ReleaseTimedOut:
		code = exitTimeout
	default:
		code = exitFailed
	}
	d.troubles(r.Cause)
	text = fmt.Sprintf("release %s of %s %s at %s: %s", at, app, outcomeWords(r.Outcome), r.Step, orElse(oneLine(r.Cause), "no reason given"))
	switch {
	case stepIndex(r.Step) < stepIndex(api.StepTraffic):
		text += "\nNo traffic was moved."
	case d.leaving():
		text += fmt.Sprintf("\nThe proxy does not serve that yet: see '%s status %s'.", d.name, app)
	case d.app.Active != "" && d.app.Active != r.Color:
		text += fmt.Sprintf("\nAll users are on %s.", d.app.Active)
	}
	if d.options.keep {
		text += fmt.Sprintf(" The containers of %s are left as they are.", r.Color)
	}
	return code, text
}

func outcomeWords(outcome string) string {
	switch outcome {
	case api.ReleaseDemoted:
		return "was demoted"
	case api.ReleaseTimedOut:
		return "timed out"
	}
	return orElse(oneLine(outcome), "ended")
}

// The bounds of what is shown of containers in trouble.
const (
	maxSuspects = 3
	logLines    = 20
)

// troubles shows the containers that a failure is about: the name, why, and
// its last log lines.
func (d *deployment) troubles(cause string) {
	ctx, cancel := context.WithTimeout(context.Background(), dockerLimit)
	defer cancel()
	for _, k := range d.suspects(cause) {
		head := oneLine(orElse(k.Name, k.ID)) + ": " + joined(oneLine(k.Condition), oneLine(k.Detail))
		log, err := d.docker.logs(ctx, orElse(k.ID, k.Name), logLines)
		if err != nil {
			log = "its log can't be read: " + err.Error()
		}
		d.show.trouble(head, log)
	}
}

// suspects returns the containers that a failure is about: those that its
// cause names, else those that were not as the step wants them.
func (d *deployment) suspects(cause string) []api.Container {
	var named, odd []api.Container
	for _, picture := range []api.App{d.before, d.app} {
		c := find(picture, d.release.Color)
		if c == nil {
			continue
		}
		for _, k := range c.Containers {
			same := func(o api.Container) bool { return o.ID == k.ID && o.Name == k.Name }
			switch {
			case slices.ContainsFunc(named, same) || slices.ContainsFunc(odd, same):
			case k.Name != "" && strings.Contains(cause, k.Name):
				named = append(named, k)
			case picture.Release == nil || picture.Release.Outcome != "": // it was stopped meanwhile
			case k.Hook != "" && k.Hook == hookOf(d.release.Step) && k.Condition != "created" && !strings.Contains(k.Detail, "exit code 0"),
				k.Hook == "" && k.Condition != "ready" && k.Condition != "created" && d.release.Step != api.StepExpand:
				odd = append(odd, k)
			}
		}
	}
	if len(named) == 0 {
		named = odd
	}
	return named[:min(len(named), maxSuspects)]
}

// hookOf is the value of bg.hook whose containers run at a step.
func hookOf(step string) string {
	switch step {
	case api.StepExpand:
		return string(labels.HookExpand)
	case api.StepSmoke:
		return string(labels.HookSmoke)
	case api.StepVerify:
		return string(labels.HookPromoted)
	case api.StepContract:
		return string(labels.HookContract)
	}
	return "-"
}
