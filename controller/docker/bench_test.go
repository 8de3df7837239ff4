package docker

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"

	"bg/controller/docker/dockertest"
	"bg/controller/rollout"
)

// BenchmarkRealEventToWorld pauses and unpauses a container and measures
// from the time that Docker gives the event to the delivery of the world
// that shows it. The floor is when the bare event gets here.
//
//	go test -run '^$' -bench RealEvent -benchtime 100x ./controller/docker
func BenchmarkRealEventToWorld(b *testing.B) {
	d := realDocker(b)
	d.check = nil // its processes would be measured, too
	id := d.run(b, d.labelsOf())

	looks := make(chan arrival[Look], 1000)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	o := New(Options{Network: d.name})
	go func() { done <- o.Run(ctx, func(l Look) { looks <- arrival[Look]{l, time.Now()} }) }()
	messages, ended := d.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("container", id), filters.Arg("event", "pause"), filters.Arg("event", "unpause"), filters.Arg("event", "kill"),
	)})
	told, quiet := make(chan arrival[events.Message], 1000), make(chan struct{})
	go func() {
		defer close(quiet)
		for {
			select {
			case m := <-messages:
				told <- arrival[events.Message]{m, time.Now()}
			case <-ended:
				return
			}
		}
	}()

	defer func() { cancel(); <-done; <-quiet }()

	var floor, full []time.Duration
	measure := func(want rollout.Condition, act error) {
		must(b, act)
		at := next(b, looks, is(id, want)).at
		event := next(b, told, func(events.Message) bool { return true })
		floor = append(floor, event.at.Sub(time.Unix(0, event.what.TimeNano)))
		full = append(full, at.Sub(time.Unix(0, event.what.TimeNano)))
	}
	next(b, looks, is(id, rollout.Unchecked))
	for b.Loop() {
		measure(rollout.Paused, d.ContainerPause(ctx, id))
		measure(rollout.Unchecked, d.ContainerUnpause(ctx, id))
	}
	quantiles(b, "floor", floor)
	quantiles(b, "world", full)
	full = nil
	measure(rollout.Stopping, d.ContainerKill(ctx, id, "TERM"))
	quantiles(b, "kill", full)
}

type arrival[T any] struct {
	what T
	at   time.Time
}

// next returns the first arrival that is as wanted.
func next[T any](b *testing.B, c <-chan arrival[T], wanted func(T) bool) arrival[T] {
	b.Helper()
	limit := time.After(soon)
	for {
		select {
		case a := <-c:
			if wanted(a.what) {
				return a
			}
		case <-limit:
			b.Fatal("not in time")
		}
	}
}

func quantiles(b *testing.B, what string, d []time.Duration) {
	slices.Sort(d)
	ms := func(i int) float64 { return float64(d[i]) / float64(time.Millisecond) }
	b.ReportMetric(ms(len(d)/2), what+"-p50-ms")
	b.ReportMetric(ms(len(d)*99/100), what+"-p99-ms")
}

// BenchmarkEventToWorldAmongTwoThousand is the part of it that is ours, on
// the fake engine over a Unix socket.
func BenchmarkEventToWorldAmongTwoThousand(b *testing.B) {
	e := engine(2000)
	v := watchOn(b, New(Options{Host: e.Listen(b), Network: "bg"}))
	v.until(b, soon, "all", count(2000))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id := dockertest.ID(i % 2000)
		e.SetHealth(id, "unhealthy", 1)
		v.until(b, soon, "unhealthy", is(id, rollout.Unhealthy))
		e.SetHealth(id, "healthy", 0)
		v.until(b, soon, "healthy", is(id, rollout.Ready))
	}
}

// BenchmarkSteadyList is what a relist of 2,000 containers costs, the fake
// engine's part included.
func BenchmarkSteadyList(b *testing.B) {
	e := engine(2000)
	o := New(Options{Host: e.Listen(b), Network: "bg"})
	c, err := o.client()
	must(b, err)
	defer c.close()
	must(b, c.negotiate(b.Context()))
	b.ReportAllocs()
	for b.Loop() {
		if entries, err := c.list(b.Context(), DefaultMax, ""); err != nil || len(entries) != 2000 {
			b.Fatal(err, len(entries))
		}
	}
}
