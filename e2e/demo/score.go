package main

import (
	"fmt"
	"time"

	"bg/e2e/internal/show"
	"bg/e2e/load"
)

// step is one part of the story, with the requests that ended in it.
type step struct {
	name     string
	crash    bool // the app itself fails in it: no promise is made
	requests int
	failed   int
	failures []load.Failure
	first    time.Duration // decision to the first answer by the new color; 0: no switch
	wall     time.Duration // how long the command took, till it was confirmed
}

func (s *step) add(r load.Result) {
	s.requests += r.Requests
	s.failed += r.Failed
	s.failures = append(s.failures, r.Failures...)
}

// score is the steps so far, the last one of which is under way.
type score struct {
	steps []*step
	seen  load.Result // of the load, up to the last step's begin
}

// begin ends the step under way, given what the load has counted up to now,
// and begins the next.
func (s *score) begin(name string, now load.Result) *step {
	s.end(now)
	s.steps = append(s.steps, &step{name: name})
	return s.steps[len(s.steps)-1]
}

// end ends the step under way.
func (s *score) end(now load.Result) {
	if len(s.steps) > 0 {
		s.steps[len(s.steps)-1].add(load.Result{
			Requests: now.Requests - s.seen.Requests, Failed: now.Failed - s.seen.Failed,
			Failures: now.Failures[min(len(s.seen.Failures), len(now.Failures)):],
		})
	}
	s.seen = now
}

// lost returns the requests of the steps that promise to lose none, and how
// many of them were lost; and those that were lost with the crash.
func (s *score) lost() (requests, failed, crashed int) {
	for _, one := range s.steps {
		if one.crash {
			crashed += one.failed
			continue
		}
		requests += one.requests
		failed += one.failed
	}
	return requests, failed, crashed
}

// table shows all steps.
func (s *score) table(style show.Style) string {
	t := show.Table{Head: []string{"STEP", "REQUESTS", "FAILED", "FIRST ANSWER", "COMMAND"}, Left: 1}
	dash := func(d time.Duration) string {
		if d == 0 {
			return style.Faint("-")
		}
		return show.Took(d)
	}
	for _, one := range s.steps {
		failed := style.Good("0")
		if one.failed > 0 {
			failed = style.Bad(show.Count(one.failed))
		}
		t.Add(one.name, show.Count(one.requests), failed, dash(one.first), dash(one.wall))
	}
	return t.Render(style, "    ")
}

// verdict says in a few lines what the table means.
func (s *score) verdict(style show.Style) string {
	requests, failed, crashed := s.lost()
	text := fmt.Sprintf("    %s %d of %s requests failed while bg moved traffic.\n", style.Good("✓"), failed, show.Count(requests))
	if failed > 0 {
		text = fmt.Sprintf("    %s %d of %s requests failed while bg moved traffic. None should have:\n", style.Bad("✗"), failed, show.Count(requests))
		for _, one := range s.steps {
			for i, f := range one.failures {
				if !one.crash && i < 5 {
					text += fmt.Sprintf("      %s: %s\n", one.name, f)
				}
			}
		}
	}
	if crashed > 0 {
		text += fmt.Sprintf("      %d more failed with the crash: the requests that v4 had, or was sent before\n      Traefik had heard of its end.\n", crashed)
	}
	return text
}
