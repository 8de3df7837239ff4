package main

import (
	"testing"
	"time"
)

// queued puts jobs into the queue.
func queued(t *testing.T, s *store, jobs ...string) {
	t.Helper()
	for _, job := range jobs {
		if err := s.addJob(job); err != nil {
			t.Fatal(err)
		}
	}
}

// takes fails the test unless that is the job that is next.
func takes(t *testing.T, s *store, want string) {
	t.Helper()
	if got, err := s.take(); got != want || err != nil {
		t.Errorf("took %q, %v; want %q", got, err, want)
	}
}

func TestJobsAreTakenInTheirOrder(t *testing.T) {
	s := fresh(t, "v1")
	queued(t, s, "b", "a")
	for _, want := range []string{"b", "a"} {
		takes(t, s, want)
		if err := s.finish(want, "blue", 1, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	takes(t, s, "")
}

func TestAJobWhoseWorkerWasKilledIsTakenAgain(t *testing.T) {
	s := fresh(t, "v1")
	queued(t, s, "a", "b")
	takes(t, s, "a")
	takes(t, s, "a")
}
