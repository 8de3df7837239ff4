package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/flip"
	"bg/e2e/load"
)

// kill kills the active color over and over, with a ready standby beside it,
// and measures the floor after that.
func kill(ctx context.Context, b *bench) error {
	k := &killing{bench: b, watch: flip.NewWatch(), calm: tally{What: "at all other times"}}
	k.hit = tally{What: fmt.Sprintf("%d times the active color dies: %s", b.n, b.how), Allowed: true}
	if err := k.run(ctx); err != nil {
		return err
	}
	b.report.Loads = append(b.report.Loads, k.hit, k.calm)
	where := b.how + ", the stack"
	for _, r := range []row{
		{where, "exit -> first event", k.exit},
		{where, "kill or die event -> first answer", k.answer},
		{where, "  of which event -> decision", k.decision},
		{where, "  of which " + toAnswer, k.reload},
		{where, "  " + toRename, k.rename},
	} {
		if len(r.Times) > 0 {
			b.report.Rows = append(b.report.Rows, r)
		}
	}
	lab, err := b.cutLab(ctx, 1)
	if err != nil {
		return fmt.Errorf("measure the floor: %w", err)
	}
	floor := lab.floor.Quantile(0.5)
	beyond := make(figures.Sample, len(k.answer))
	for i, d := range k.answer {
		beyond[i] = d - floor
	}
	b.report.within(b.how+", beyond a reload", beyond, 100*time.Millisecond)
	b.report.Notes = append(b.report.Notes, fmt.Sprintf(
		"%.1f requests were lost each time: those that the dying color had, or was sent before Traefik knew.", float64(k.hit.Failed)/float64(b.n)))
	return nil
}

// run does all rounds on a stack of its own.
func (k *killing) run(ctx context.Context) (err error) {
	if k.stack, k.subject, err = k.shop(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.stack.Down(ctx)) }()
	k.subject.requests = &k.calm
	k.subject.renames = watchVolume(ctx, k.stack)
	defer k.subject.renames.Close()
	// The load itself tells who answers: a prober beside it would, with all
	// that it loses, keep Traefik busy with failing.
	k.users, err = load.Start(ctx, load.Options{
		Target: k.subject.web, Host: k.subject.host, Rate: k.rate, Duration: maxLoad, OnAnswer: k.note,
		// As many as can hang for a second, Traefik's limit for connecting.
		Connections: max(50, k.rate), Timeout: 5 * time.Second,
	})
	if err != nil {
		return err
	}
	defer k.users.Stop()
	for i := range k.n {
		if err := k.round(ctx); err != nil {
			return fmt.Errorf("death %d: %w", i+1, err)
		}
		k.say(k.how, i+1, k.n, &k.hit)
	}
	result := k.users.Stop()
	k.count(time.Time{}, time.Time{})
	k.calm.P50, k.calm.P99 = result.P50, result.P99
	return nil
}
