package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/show"
	"bg/e2e/load"
)

// report is all that a benchmark found out.
type report struct {
	Name  string        `json:"name"`
	Facts figures.Facts `json:"facts"`
	Loads []tally       `json:"loads"`
	Rows  []row         `json:"rows"`
	Goals []goal        `json:"goals"`
	Notes []string      `json:"notes"`
}

// tally is the requests of one part, those of the prober included.
type tally struct {
	What     string         `json:"what"`
	Requests int            `json:"requests"`
	Failed   int            `json:"failed"`
	Allowed  bool           `json:"failures_allowed"` // the part makes no promise
	Failures []load.Failure `json:"failures,omitempty"`

	// What an answer to the load took: no switch is seen in less.
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
}

func (t *tally) add(r load.Result) {
	t.Requests += r.Requests
	t.Failed += r.Failed
	t.Failures = append(t.Failures, r.Failures...)
}

// users adds the load itself.
func (t *tally) users(r load.Result) {
	t.add(r)
	t.P50, t.P99 = r.P50, r.P99
}

// note counts one answer.
func (t *tally) note(a load.Answer) {
	t.Requests++
	if !a.Failed() {
		return
	}
	t.Failed++
	if len(t.Failures) >= 20 {
		return
	}
	text := strings.TrimSpace(fmt.Sprintf("status %d %s %s", a.Status, a.Color, a.Version))
	if a.Err != nil {
		text = a.Err.Error()
	}
	t.Failures = append(t.Failures, load.Failure{At: a.Done, After: a.Done.Sub(a.Sent), Text: text})
}

// row is one figure.
type row struct {
	Where string         `json:"where"` // "1,000 apps"
	What  string         `json:"what"`  // "decision -> first answer"
	Times figures.Sample `json:"times"`
}

// goal is something that the figures are to show.
type goal struct {
	Text    string `json:"text"`
	Met     bool   `json:"met"`
	Promise bool   `json:"promise"` // not met, it fails the command
}

// lost judges the parts that promise to lose nothing.
func (r *report) lost() {
	requests, failed := 0, 0
	for _, t := range r.Loads {
		if !t.Allowed {
			requests += t.Requests
			failed += t.Failed
		}
	}
	r.Goals = append(r.Goals, goal{
		Text:    fmt.Sprintf("%s of %s requests failed", show.Count(failed), show.Count(requests)),
		Met:     failed == 0 && requests > 0,
		Promise: true,
	})
}

// within notes whether a median stays within a limit.
func (r *report) within(what string, s figures.Sample, limit time.Duration) {
	r.Goals = append(r.Goals, goal{
		Text: fmt.Sprintf("%s: p50 %s, goal %s", what, show.Took(s.Quantile(0.5)), show.Took(limit)),
		Met:  len(s) > 0 && s.Quantile(0.5) <= limit,
	})
}

// times notes whether a median stays within a multiple of the floor's.
func (r *report) times(what string, s, floor figures.Sample, limit float64) {
	ratio := float64(s.Quantile(0.5)) / float64(max(floor.Quantile(0.5), 1))
	r.Goals = append(r.Goals, goal{
		Text: fmt.Sprintf("%s: %.2f times the floor, goal %.1f", what, ratio, limit),
		Met:  len(s) > 0 && len(floor) > 0 && ratio <= limit,
	})
}

// broken reports whether a promise was.
func (r *report) broken() bool {
	for _, g := range r.Goals {
		if g.Promise && !g.Met {
			return true
		}
	}
	return false
}

// print writes the report for people.
func (r *report) print(w io.Writer, s show.Style) {
	fmt.Fprintf(w, "\n%s\n%s\n\n", s.Bold("bg bench "+r.Name), s.Faint(r.Facts.String()))
	requests := show.Table{Head: []string{"TRAFFIC", "REQUESTS", "FAILED", "AN ANSWER: P50", "P99"}, Left: 1}
	for _, t := range r.Loads {
		failed := s.Good("0")
		if t.Failed > 0 {
			failed = s.Bad(show.Count(t.Failed))
		}
		cells := []string{t.What, show.Count(t.Requests), failed}
		if t.P50 > 0 {
			cells = append(cells, show.Took(t.P50), show.Took(t.P99))
		}
		requests.Add(cells...)
	}
	fmt.Fprintln(w, requests.Render(s, "  "))

	rows := show.Table{Head: []string{"WHERE", "FROM -> TO", "N", "P50", "P99", "MAX"}, Left: 2}
	last := ""
	for _, one := range r.Rows {
		where := one.Where
		if where == last {
			where = ""
		}
		last = one.Where
		rows.Add(where, one.What, show.Count(len(one.Times)), show.Took(one.Times.Quantile(0.5)),
			show.Took(one.Times.Quantile(0.99)), show.Took(one.Times.Max()))
	}
	fmt.Fprintln(w, rows.Render(s, "  "))

	for _, g := range r.Goals {
		mark := s.Good("✓")
		if !g.Met {
			mark = s.Bad("✗")
		}
		fmt.Fprintf(w, "  %s %s\n", mark, g.Text)
	}
	for _, t := range r.Loads {
		for i, f := range t.Failures {
			if i == 5 || t.Allowed {
				break
			}
			fmt.Fprintf(w, "    %s: %s\n", t.What, f)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "  %s\n", s.Faint(n))
	}
}

// printJSON writes the report for programs.
func (r *report) printJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
