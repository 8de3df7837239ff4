package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/renames"
	"bg/e2e/load"
)

// maxRSA is how many cutovers are followed by the floor without a
// certificate: it takes long and varies little.
const maxRSA = 20

// sized is what was measured with one number of apps.
type sized struct{ answer, rename, confirmed, floor, rsa figures.Sample }

// cutLab measures bg and the floor in turns with so many apps, of which the
// first one is switched and asked.
func (b *bench) cutLab(ctx context.Context, apps int) (result sized, err error) {
	where := count(apps)
	b.live.Renew(where + ": starting")
	l, err := newLab(ctx, b.tb)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	e, err := newEngine(l, apps)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	c, err := newController(ctx, l, e, apps)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()

	t := tally{What: fmt.Sprintf("%d cutovers and the floor with %s", b.n, where)}
	s := &subject{client: c.Client, app: appName(0), web: l.Web, host: appHost(0), requests: &t}
	if s.renames, err = renames.Of(l.Dynamic); err != nil {
		return result, err
	}
	defer s.renames.Close()
	if err := s.learn(ctx); err != nil {
		return result, err
	}
	users, err := load.Start(ctx, load.Options{Target: l.Web, Host: appHost(0), Rate: b.rate, Duration: maxLoad})
	if err != nil {
		return result, err
	}
	defer users.Stop()
	f := &floor{lab: l, subject: s}
	for i := range b.n {
		if err := b.turn(ctx, f, &result, i < maxRSA); err != nil {
			return result, fmt.Errorf("cutover %d: %w\n%s", i+1, err, c.LastWords(12))
		}
		b.say(where, i+1, b.n, &t)
	}
	t.users(users.Stop())
	b.report.Loads = append(b.report.Loads, t)
	b.report.Rows = append(b.report.Rows, row{where, toAnswer, result.answer})
	if len(result.rename) > 0 {
		b.report.Rows = append(b.report.Rows, row{where, toRename, result.rename})
	}
	b.report.Rows = append(b.report.Rows, row{where, toConfirmed, result.confirmed},
		row{where, floorAnswer, result.floor}, row{where, floorRSA, result.rsa})
	return result, nil
}

// turn is one cutover by bg, and the same to and fro by bare renames.
func (b *bench) turn(ctx context.Context, f *floor, result *sized, rsa bool) error {
	before, err := os.ReadFile(f.live())
	if err != nil {
		return err
	}
	w, err := f.subject.cutover(ctx)
	if err != nil {
		return err
	}
	result.answer = append(result.answer, w.answered.Sub(w.decided))
	result.confirmed = append(result.confirmed, w.confirmed.Sub(w.commanded))
	if f.subject.renames != nil {
		result.rename = append(result.rename, w.renamed.Sub(w.decided))
	}
	if err := sleep(ctx, b.pause); err != nil {
		return err
	}
	after, err := os.ReadFile(f.live())
	if err != nil {
		return err
	}
	took, err := f.thereAndBack(ctx, before, after, b.pause)
	if err != nil {
		return err
	}
	result.floor = append(result.floor, took...)
	if !rsa {
		return nil
	}
	return f.bare(ctx, before, after, b.pause, result)
}

// bare measures the floor without the default certificate, and puts the file
// of bg back.
func (f *floor) bare(ctx context.Context, before, after []byte, pause time.Duration, result *sized) error {
	there, err := withoutCertificate(before)
	if err != nil {
		return err
	}
	back, err := withoutCertificate(after)
	if err != nil {
		return err
	}
	took, err := f.thereAndBack(ctx, there, back, pause)
	if err != nil {
		return err
	}
	result.rsa = append(result.rsa, took...)
	// With the certificate again, in the same color: nobody sees this reload,
	// so it gets the time of the longest one.
	if err := f.restore(after); err != nil {
		return err
	}
	return sleep(ctx, pause+result.rsa.Max())
}
