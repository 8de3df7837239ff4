package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/compose"
	"bg/controller/api"
	"bg/labels"
)

// deployment is one release as bg deploy sees it. The controller decides
// and remembers; this does the parts that need the user's files, each of
// which may be done again. All of it is used by one goroutine.
type deployment struct {
	name    string // of the program, as typed
	options deployOptions
	project *compose.Project // nil if the controller goes back to containers that it has
	kept    bool             // project is an earlier release
	plan    plan
	client  *api.Client
	docker  docker
	cli     compose.CLI
	shelf   shelf
	show    *progress

	start    time.Time
	images   map[string]string // service -> image ID
	release  api.Release       // as seen last
	app      api.App           // as seen last
	before   api.App           // while the release was under way
	at       string            // the step that is shown
	idle     bool              // there was nothing to do
	proceed  bool              // the client's part of prepare is done
	started  bool              // that of start has begun
	starting *background       // docker compose up
}

// errTooLong ends a context whose --timeout is over.
var errTooLong = errors.New("the time of --timeout is over")

// run carries the release out, until it is live or, as the options say, has
// ended. status is the picture from before.
func (d *deployment) run(ctx context.Context, status api.Status) error {
	d.start = time.Now()
	if d.options.timeout > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, d.options.timeout, errTooLong)
		defer cancel()
	}
	a, err := pick(status, d.plan.App)
	if err == nil && a.Release != nil && a.Release.Live {
		d.shelf.markLive(a.Release.ID) // if its client did not stay to see it
	}
	for _, n := range d.project.Notes {
		if n.Severity == compose.Warning {
			d.show.say("! %s", noteText(n))
		}
	}
	if err := d.prepareImages(ctx); err != nil {
		return d.stopped(ctx, err)
	}
	accepted, err := d.command(ctx, api.VerbBegin, api.Command{
		Digest: d.project.Digest(d.images), Message: d.options.message, Keep: d.options.keep, Force: d.options.force,
	})
	if err != nil {
		return d.stopped(ctx, err)
	}
	if accepted.Release == nil {
		return errors.New("the controller knows of no releases: use the same version of both")
	}
	d.release = *accepted.Release
	d.show.known(d.release.ID)
	if d.release.Outcome != "" {
		d.idle = true
		return nil
	}
	d.plan.settle(d.release.Color, a)
	if stepIndex(d.release.Step) > stepIndex(api.StepClear) {
		d.show.say("%s", accepted.Message)
	}
	if err := d.carry(ctx); err != nil {
		return err
	}
	return d.finish(ctx)
}

// prepareImages is the step before the lock: it takes long and hurts nobody.
func (d *deployment) prepareImages(ctx context.Context) error {
	d.show.begin("images", 0, "")
	var err error
	if d.images, err = d.gather(ctx); err != nil {
		if ctx.Err() == nil {
			d.show.failed("images", d.show.took(), err.Error())
		}
		return err
	}
	d.show.done("images", d.show.took(), counted(len(d.images), "service"))
	return nil
}

// prepare makes the containers of the color, none of them started, and
// tells the controller so.
func (d *deployment) prepare(ctx context.Context) error {
	if err := d.cli.UpShared(ctx, d.project, d.options.shared); err != nil {
		return err
	}
	if err := d.cli.EnsureVolumes(ctx, d.project); err != nil {
		return fmt.Errorf("make volumes: %w", err)
	}
	if err := d.files(ctx); err != nil {
		return err
	}
	color := labels.Color(d.release.Color)
	if d.plan.Retire == string(labels.Remove) {
		// What the release before last left, if nobody waited for its end.
		if err := d.cli.Remove(ctx, d.project, color); err != nil {
			return fmt.Errorf("remove the old containers of %s: %w", color, err)
		}
	}
	if err := d.cli.Create(ctx, d.project, color, d.shelf.rendered(d.release.ID, color)); err != nil {
		return fmt.Errorf("create the containers of %s: %w", color, err)
	}
	made, err := d.count(ctx, color)
	if err != nil {
		return err
	}
	_, err = d.command(ctx, api.VerbProceed, api.Command{Release: d.release.ID, Containers: made})
	return err
}

// count returns how many containers Compose made for the release, so that
// the controller waits until it has seen each of them.
func (d *deployment) count(ctx context.Context, color labels.Color) (int, error) {
	out, err := d.docker.output(ctx, "ps", "--all", "--quiet",
		"--filter", "label=com.docker.compose.project="+d.project.ColorName(color),
		"--filter", "label=bg.release="+d.release.ID)
	if err != nil {
		return 0, fmt.Errorf("count the containers of %s: %w", color, err)
	}
	made := len(strings.Fields(out))
	if made == 0 {
		return 0, fmt.Errorf("docker compose made no container of %s: are all services scaled to 0?", color)
	}
	return made, nil
}

// files writes what Compose runs and what a later bg rollback --to needs.
func (d *deployment) files(ctx context.Context) error {
	refs, err := d.pin(ctx)
	if err != nil {
		return err
	}
	color := labels.Color(d.release.Color)
	kept, err := d.project.Keep(refs)
	if err != nil {
		return fmt.Errorf("describe the release: %w", err)
	}
	rendered, err := d.project.Render(compose.Target{
		Color: color, Release: d.release.ID, Network: d.options.network, Images: refs,
	})
	if err != nil {
		return fmt.Errorf("render the project of %s: %w", color, err)
	}
	if err := d.shelf.save(d.release.ID, "project.yaml", kept); err != nil {
		return err
	}
	return d.shelf.save(d.release.ID, string(color)+".yaml", rendered)
}

// up starts all that bg deploy is to start, in the background.
func (d *deployment) up(ctx context.Context) (*background, error) {
	var services []string
	for _, s := range d.project.Services {
		if s.Kind == compose.Colored && !s.Exclusive {
			services = append(services, s.Name)
		}
	}
	color := labels.Color(d.release.Color)
	file := d.shelf.rendered(d.release.ID, color)
	if !slices.Contains(d.shelf.releases(), d.release.ID) || !exists(file) { // begun on another machine
		if err := d.files(ctx); err != nil {
			return nil, err
		}
	}
	return inBackground(ctx, func(ctx context.Context) error {
		if len(services) == 0 {
			return nil
		}
		if err := d.cli.Start(ctx, d.project, color, file, services); err != nil {
			return fmt.Errorf("start %s: %w", strings.Join(services, ", "), err)
		}
		return nil
	}), nil
}

// command sends a verb, again and again if the controller is away for a
// moment: all of a release's verbs may come twice.
func (d *deployment) command(ctx context.Context, verb string, command api.Command) (api.Accepted, error) {
	command.Actor = actor()
	until := time.Now().Add(watchLost)
	for said := false; ; said = true {
		accepted, err := d.client.Command(ctx, d.plan.App, verb, command)
		var refusal *api.Refusal
		var failure *api.Failure
		switch {
		case err == nil, ctx.Err() != nil, errors.As(err, &refusal), time.Now().After(until):
			return accepted, err
		case errors.As(err, &failure) && failure.Status == 404:
			return accepted, fmt.Errorf("the controller does not know %q: use the same version of both", verb)
		case errors.As(err, &failure) && failure.Status < 500:
			return accepted, err
		}
		if !said {
			d.show.say("%s; trying again", err.Error())
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchRetry):
		}
	}
}

// abort ends a release whose client could not do its part. The controller
// ends it by itself if it does not hear this.
func (d *deployment) abort(ctx context.Context, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dockerLimit)
	defer cancel()
	_, err := d.command(ctx, api.VerbAbort, api.Command{Release: d.release.ID, Message: cause.Error()})
	if err != nil {
		d.show.say("the controller was not told: %s", err.Error())
	}
}

// background is a function that runs beside.
type background struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // once done is closed
}

func inBackground(ctx context.Context, f func(context.Context) error) *background {
	ctx, cancel := context.WithCancel(ctx)
	b := &background{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(b.done)
		b.err = f(ctx)
	}()
	return b
}

// stop ends the function and waits for its end.
func (b *background) stop() {
	if b != nil {
		b.cancel()
		<-b.done
	}
}
