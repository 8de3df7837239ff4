package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/renames"
	"bg/e2e/internal/show"
	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

// The figures' names.
const (
	toAnswer    = "decision -> first answer"
	toRename    = "  of which decision -> file renamed"
	toConfirmed = "command -> confirmed"
	floorAnswer = "floor: rename -> first answer"
	floorRSA    = "floor without default certificate"
)

// maxLoad bounds a load whose length is not known before.
const maxLoad = time.Hour

// cutover measures the stack itself under load, then each size in the lab.
func cutover(ctx context.Context, b *bench) error {
	onStack, err := b.cutStack(ctx)
	if err != nil {
		return err
	}
	b.report.within("1 app, on the stack", onStack, 5*time.Millisecond)
	for _, apps := range b.apps {
		result, err := b.cutLab(ctx, apps)
		if err != nil {
			return fmt.Errorf("%s: %w", count(apps), err)
		}
		if apps == 1 {
			b.report.within("1 app", result.answer, 5*time.Millisecond)
			if len(result.rsa) > 0 {
				b.report.Notes = append(b.report.Notes, fmt.Sprintf("A reload takes %s with the default certificate that bg supplies, %s without it (p50, 1 app).",
					show.Took(result.floor.Quantile(0.5)), show.Took(result.rsa.Quantile(0.5))))
			}
		}
		b.report.times(count(apps), result.answer, result.floor, 1.2)
	}
	b.report.Notes = append(b.report.Notes,
		"A decision is the time in bg's history; an answer counts when it has come in whole. Switches go there by `promote --force`, back by `rollback`.")
	if len(b.apps) > 0 {
		b.report.Notes = append(b.report.Notes,
			"In the lab, bg and the floor take turns on one Traefik, with the same files, under the same load; the floor saves, syncs and confirms nothing.")
	}
	return nil
}

func count(apps int) string {
	if apps == 1 {
		return "1 app"
	}
	return show.Count(apps) + " apps"
}

// cutStack runs docker-compose.yml with one app, and switches it.
func (b *bench) cutStack(ctx context.Context) (answer figures.Sample, err error) {
	s, subject, err := b.shop(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Down(ctx)) }()
	const where = "1 app, the stack"
	t := tally{What: fmt.Sprintf("%d cutovers on the stack of docker-compose.yml", b.n)}
	subject.requests = &t

	users, err := load.Start(ctx, load.Options{Target: subject.web, Host: subject.host, Rate: b.rate, Duration: maxLoad})
	if err != nil {
		return nil, err
	}
	defer users.Stop()
	subject.renames = watchVolume(ctx, s)
	defer subject.renames.Close()
	var confirmed, renamed figures.Sample
	for i := range b.n {
		w, err := subject.cutover(ctx)
		if err != nil {
			return nil, fmt.Errorf("cutover %d on the stack: %w", i+1, err)
		}
		answer = append(answer, w.answered.Sub(w.decided))
		confirmed = append(confirmed, w.confirmed.Sub(w.commanded))
		if subject.renames != nil {
			renamed = append(renamed, w.renamed.Sub(w.decided))
		}
		b.say(where, i+1, b.n, &t)
		if err := sleep(ctx, b.pause); err != nil {
			return nil, err
		}
	}
	t.users(users.Stop())
	b.report.Loads = append(b.report.Loads, t)
	b.report.Rows = append(b.report.Rows, row{where, toAnswer, answer})
	if len(renamed) > 0 {
		b.report.Rows = append(b.report.Rows, row{where, toRename, renamed})
	}
	b.report.Rows = append(b.report.Rows, row{where, toConfirmed, confirmed})
	return answer, nil
}

// watchVolume watches the stack's folder for Traefik where this user may look
// into Docker's volumes; else it returns nil.
func watchVolume(ctx context.Context, s *stack.Stack) *renames.Watch {
	folder, err := s.Docker(ctx, "volume", "inspect", "--format", "{{.Mountpoint}}", s.Project+"_dynamic")
	if err != nil {
		return nil
	}
	r, err := renames.Of(strings.TrimSpace(string(folder)))
	if err != nil {
		return nil
	}
	return r
}

// shop brings up the stack, and an app in both colors, ready.
func (b *bench) shop(ctx context.Context) (*stack.Stack, *subject, error) {
	b.live.Renew("starting the stack of docker-compose.yml")
	s, err := stack.Up(ctx, b.tb, stack.Options{})
	if err != nil {
		return nil, nil, err
	}
	fail := func(err error) (*stack.Stack, *subject, error) {
		return nil, nil, errors.Join(err, s.Down(ctx))
	}
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, color := range []string{"blue", "green"} {
		if err := s.Release(limited, stack.Release{App: "shop", Color: color, Host: "shop.localhost", Manual: true}); err != nil {
			return fail(err)
		}
		if err := s.Await(limited, color+" to be ready", func(st api.Status) error { return ready(st, color) }); err != nil {
			return fail(err)
		}
	}
	subject := &subject{client: s.Client(), app: "shop", web: s.URL(), host: "shop.localhost", requests: &tally{}}
	if err := subject.learn(limited); err != nil {
		return fail(err)
	}
	return s, subject, nil
}

// ready says whether shop's color is ready, and some color live.
func ready(st api.Status, color string) error {
	for _, a := range st.Apps {
		if a.Name != "shop" || a.Active == "" || !a.Live {
			continue
		}
		for _, c := range a.Colors {
			if c.Color == color && c.Ready {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is not ready", color)
}
