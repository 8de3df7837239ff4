package faults

import (
	"context"
	"sync"
)

// lanes is how many trials run beside each other. They mostly wait for a clock, or
// for a stack.
const lanes = 6

// RunAll tries each fault n times and calls each with every outcome, from one
// goroutine at a time. That a trial could not be made is a violation too: nothing
// was shown. The error is ctx's.
func RunAll(ctx context.Context, w *World, all []Fault, n int, each func(f Fault, trial int, o Outcome)) error {
	type job struct {
		Fault
		trial int
	}
	jobs := make(chan job)
	go func() {
		defer close(jobs)
		for trial := range n {
			for _, f := range all {
				select {
				case jobs <- job{f, trial}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	var mu sync.Mutex
	var running sync.WaitGroup
	for range lanes {
		running.Go(func() {
			for j := range jobs {
				out, err := j.Run(ctx, w, j.trial)
				if ctx.Err() != nil {
					continue
				}
				if err != nil {
					out.Violations = append(out.Violations, "it could not be tried: "+err.Error())
				}
				mu.Lock()
				each(j.Fault, j.trial, out)
				mu.Unlock()
			}
		})
	}
	running.Wait()
	return ctx.Err()
}
