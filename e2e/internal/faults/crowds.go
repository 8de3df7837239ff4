package faults

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bg/controller/docker/dockertest"
	"bg/e2e/internal/lab"
)

var crowds = []Fault{{
	Number: 28, Text: "50 apps released at once, decision p99", On: Fake, Bound: 5 * time.Second, Lossless: true,
	run: func(ctx context.Context, t *trial) error { return t.onScene(ctx, lab.Options{}, crowd) },
}}

// crowd starts the green colors of fifty apps, all of them ready at once. Of each
// the time counts until its promotion was decided; the one that is booked is p99.
func crowd(ctx context.Context, s *scene) error {
	for i := range released {
		s.engine.Run(s.crowd(i, "blue"))
	}
	for i := range released {
		if err := s.await(ctx, "blue to serve", serves(crowdName(i), "blue")); err != nil {
			return err
		}
	}
	from := time.Now()
	for i := range released {
		s.engine.Run(s.crowd(i, "green"))
	}
	var decided []time.Duration
	for i := range released {
		name := crowdName(i)
		if err := s.await(ctx, "green to serve", serves(name, "green")); err != nil {
			s.wrong("%v", err)
			continue
		}
		events, err := s.controller.Client.History(ctx, name, 10)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Change == "promote" && e.Green == 100 {
				decided = append(decided, e.Time.Sub(from))
			}
		}
	}
	live := time.Since(from)
	if len(decided) != released {
		s.wrong("%d promotions of %d apps", len(decided), released)
		return nil
	}
	slices.Sort(decided)
	s.took(decided[(len(decided)*99+99)/100-1])
	s.note("decided p50 %s, all seen live after %s", decided[len(decided)/2].Round(time.Millisecond), live.Round(time.Millisecond))
	return nil
}

func crowdName(i int) string { return fmt.Sprintf("app-%02d", i) }

// released are further apps of a scene, all of which get a new color at once.
const released = 50

// crowd is an engine's container of one of many apps, whose addresses nobody asks.
func (s *scene) crowd(i int, c string) dockertest.Container {
	n := 100 + 2*i
	if c == "green" {
		n++
	}
	x := s.container(n, crowdName(i), c)
	x.Networks = map[string]string{s.Lab.Name: fmt.Sprintf("10.99.%d.%d", n/200, n%200+1)}
	x.Labels["bg.promote"] = "auto"
	return x
}
