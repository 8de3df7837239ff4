package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const shopWorker = `
  worker:
    <<: [*shop, *well]
    command: [worker]
    labels: {bg.enable: "true", bg.handover: exclusive, bg.soak: 1m, bg.drain: 1s}
`

// queue is a feeder that queues a job at a time, each once it is told that the
// one before is queued, so that their order is known.
type queue struct {
	stop func()
	jobs []string // in their order; to be read after stop
}

// feedInterval is the pace of a feeder; a worker takes 10 ms for a job.
const feedInterval = 25 * time.Millisecond

func (x *shop) feed(url string) *queue {
	q := &queue{}
	ctx, cancel := context.WithCancel(root)
	var all sync.WaitGroup
	all.Go(func() {
		steady(ctx, feedInterval, loadLimit, func(n int) {
			id := fmt.Sprintf("j%05d", n)
			res, text, err := x.send("POST", url+"/jobs", fmt.Sprintf(`{"id": %q}`, id))
			switch {
			case err != nil:
				x.t.Errorf("queue job %s: %v", id, err)
			case res.StatusCode != 201:
				x.t.Errorf("queue job %s: status %d %q", id, res.StatusCode, text)
			default:
				q.jobs = append(q.jobs, id)
			}
		})
	})
	q.stop = sync.OnceFunc(func() { cancel(); all.Wait() })
	x.t.Cleanup(q.stop)
	return q
}

// settle waits until all jobs of an ended feeder are done and checks that each
// was done once, in its order, by the given number of workers of which never two
// ran at once. It logs the times without a worker.
func (x *shop) settle(q *queue, worker string, workers int) {
	x.t.Helper()
	limit := within(x.t, patience)
	r := x.dump(worker)
	for len(r.Executions) < len(q.jobs) && limit.Err() == nil {
		r = x.dump(worker)
	}
	var done []string
	for _, e := range r.Executions {
		done = append(done, e.Job)
	}
	if r.Jobs != len(q.jobs) || len(r.Doubled) > 0 || !slices.Equal(done, q.jobs) {
		x.t.Errorf("%d jobs were queued, %d are in the queue, %d were done, %d of them more than once: %q; in order %v",
			len(q.jobs), r.Jobs, len(done), len(r.Doubled), r.Doubled, slices.IsSorted(done))
	}
	if len(r.Shifts) != workers {
		x.t.Errorf("%d workers ran, want %d: %+v", len(r.Shifts), workers, r.Shifts)
	}
	var gaps []string
	for i := 1; i < len(r.Shifts); i++ {
		before, after := r.Shifts[i-1], r.Shifts[i]
		if before.Stopped == 0 || after.Started <= before.Stopped || after.Color == before.Color {
			x.t.Errorf("worker %d does not follow the one before: %+v, %+v", i, before, after)
		}
		gaps = append(gaps, ms(time.Duration(after.Started-before.Stopped)))
	}
	x.t.Logf("%d jobs queued, %d done, %d doubled by %d workers; without a worker for %s",
		len(q.jobs), len(done), len(r.Doubled), len(r.Shifts), strings.Join(gaps, ", "))
	for _, e := range x.events("handover") {
		x.t.Logf("history: %s", e.Cause)
	}
	if n := len(x.events("handover")); n != workers-1 {
		x.t.Errorf("the history tells of %d handovers, want %d", n, workers-1)
	}
}

func TestAWorkerIsHandedOverTenTimesWithEachJobDoneOnceAndInOrder(t *testing.T) {
	x := newShop(t, sharedStack(t), shopWeb+shopWorker+shopExpand)
	x.release("v1")
	q := x.feed(x.s.URL())
	for n := 1; n <= 10; n++ {
		began := time.Now()
		said := x.release(fmt.Sprintf("v%d", n+1))
		t.Logf("handover %d: %.1fs", n, time.Since(began).Seconds())
		if !strings.Contains(said, "'s had stopped") {
			t.Errorf("bg deploy does not tell the gap:\n%s", said)
		}
	}
	q.stop()
	x.settle(q, x.running(x.active(), "worker"), 11)
}

// The web is shared here and published by Docker, so what is released has neither
// routes nor users.
func TestAWorkerWithoutAnyRouteIsHandedOver(t *testing.T) {
	x := newShop(t, sharedStack(t), `
  web:
    <<: [*shop, *well]
    environment: {VERSION: v1}
    command: [web]
    ports: ["127.0.0.1::8080"]
`+shopWorker+shopExpand)
	x.release("v1")
	web := x.name + "-web-1"
	q := x.feed("http://" + x.docker("port", web, "8080/tcp"))
	for n := 1; n <= 2; n++ {
		x.release(fmt.Sprintf("v%d", n+1))
	}
	q.stop()
	x.settle(q, web, 3)
}
