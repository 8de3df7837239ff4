package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// worker returns a worker of that color at work, and what ends it.
func worker(t *testing.T, s *store, color string, job time.Duration) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- work(ctx, config{color: color, version: "v1", work: job}, s) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// finished waits until that many jobs were done and returns all that were.
func finished(t *testing.T, s *store, n int) []execution {
	t.Helper()
	limit := time.Now().Add(20 * time.Second)
	for {
		all, err := s.executions()
		if err != nil {
			t.Fatal(err)
		}
		if len(all) >= n {
			return all
		}
		if time.Now().After(limit) {
			t.Fatalf("%d jobs were done, want %d", len(all), n)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestWorkersInTurnDoEachJobOnceAndInOrder(t *testing.T) {
	s := fresh(t, "v1")
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(i))
	}
	queued(t, s, want...)
	for i, color := range []string{"blue", "green", "blue", "green"} {
		stop := worker(t, s, color, time.Millisecond)
		finished(t, s, 10*(i+1))
		stop()
	}
	var got []string
	for _, e := range finished(t, s, 40) {
		got = append(got, e.Job)
	}
	if !slices.Equal(got, want) {
		t.Errorf("done: %q", got)
	}
	shifts, err := s.shifts()
	if err != nil || len(shifts) != 4 {
		t.Fatalf("%d shifts, %v; want 4", len(shifts), err)
	}
	for i, x := range shifts {
		if x.Started == 0 || x.Stopped < x.Started || i > 0 && x.Started < shifts[i-1].Stopped {
			t.Errorf("shift %d does not follow the one before: %+v", i, shifts)
		}
	}
}

// What the tests of exclusive handover rely on: were there ever two workers, it
// would be seen.
func TestTwoWorkersAtOnceDoJobsTwice(t *testing.T) {
	s := fresh(t, "v1")
	for i := range 20 {
		queued(t, s, fmt.Sprint(i))
	}
	worker(t, s, "blue", 5*time.Millisecond)
	worker(t, as(t, path(t, s), "v1"), "green", 5*time.Millisecond)
	if twice := doubled(finished(t, s, 22)); len(twice) == 0 {
		t.Error("no job was done twice")
	}
}

// path returns the file of a database.
func path(t *testing.T, s *store) (name string) {
	t.Helper()
	if err := s.db.QueryRow(`SELECT file FROM pragma_database_list`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestTheJobInHandIsFinishedAtTheEnd(t *testing.T) {
	s := fresh(t, "v1")
	queued(t, s, "a", "b")
	stop := worker(t, s, "blue", 100*time.Millisecond)
	for state := ""; state != "taken"; {
		if err := s.db.QueryRow(`SELECT state FROM jobs WHERE id = 'a'`).Scan(&state); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if all := finished(t, s, 1); len(all) != 1 || all[0].Job != "a" {
		t.Errorf("done: %+v, want job a alone", all)
	}
}
