package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"bg/e2e/internal/faults"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/show"
)

// report is all that was found out.
type report struct {
	Facts figures.Facts `json:"facts"`
	Took  time.Duration `json:"took_ns"`
	Rows  []row         `json:"faults"`
}

// row is one fault with its trials, one at least.
type row struct {
	Number   int              `json:"number"`
	Text     string           `json:"text"`
	Docker   faults.Docker    `json:"docker"`
	Bound    time.Duration    `json:"bound_ns"`
	Lossless bool             `json:"lossless"`
	Trials   []faults.Outcome `json:"trials"`
}

// add books a trial; rows stay in the order of their numbers.
func (r *report) add(f faults.Fault, o faults.Outcome) {
	i, found := slices.BinarySearchFunc(r.Rows, f.Number, func(x row, n int) int { return x.Number - n })
	if !found {
		r.Rows = slices.Insert(r.Rows, i, row{Number: f.Number, Text: f.Text, Docker: f.On, Bound: f.Bound, Lossless: f.Lossless})
	}
	r.Rows[i].Trials = append(r.Rows[i].Trials, o)
}

// broken says whether any promise was.
func (r *report) broken() bool {
	return slices.ContainsFunc(r.Rows, func(x row) bool { return len(x.broken()) > 0 })
}

// broken returns what was not held, a line for each, with what is known of it.
func (r row) broken() []string {
	var lines []string
	for i, o := range r.Trials {
		for _, text := range o.Violations {
			lines = append(lines, fmt.Sprintf("fault %d, trial %d: %s", r.Number, i+1, text))
		}
		if len(o.Violations) == 0 {
			continue
		}
		for _, text := range o.Notes {
			lines = append(lines, "    "+text)
		}
	}
	return lines
}

// sum adds up one count over the trials.
func (r row) sum(of func(faults.Outcome) int) int {
	n := 0
	for _, o := range r.Trials {
		n += of(o)
	}
	return n
}

// worst returns the longest time to converge, "" if nothing had to.
func (r row) worst() string {
	var worst time.Duration
	for _, o := range r.Trials {
		worst = max(worst, o.Took)
	}
	if worst == 0 {
		return ""
	}
	return show.Took(worst)
}

func (r row) bound() string {
	if r.Bound == 0 {
		return ""
	}
	return r.Bound.String()
}

// lost writes the lost requests, and whether none may be.
func (r row) lost() string {
	text := show.Count(r.sum(func(o faults.Outcome) int { return o.Lost }))
	if r.Lossless {
		text += " of 0"
	}
	return text
}

func (r *report) encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// print writes the report for people.
func (r *report) print(w io.Writer, s show.Style) {
	fmt.Fprintf(w, "\n%s\n%s\n\n", s.Bold("bg faults"), s.Faint(r.Facts.String()))
	table := show.Table{Left: 3, Head: []string{"", "FAULT", "DOCKER", "TRIALS", "VIOLATIONS", "REQUESTS", "LOST", "WORST", "BOUND"}}
	var wrong []string
	trials, requests := 0, 0
	for _, one := range r.Rows {
		violations := one.sum(func(o faults.Outcome) int { return len(o.Violations) })
		count := s.Good(show.Count(violations))
		if violations > 0 {
			count = s.Bad(show.Count(violations))
		}
		n := one.sum(func(o faults.Outcome) int { return o.Requests })
		trials, requests = trials+len(one.Trials), requests+n
		wrong = append(wrong, one.broken()...)
		table.Add(fmt.Sprintf("%2d", one.Number), one.Text, string(one.Docker), show.Count(len(one.Trials)), count,
			show.Count(n), one.lost(), one.worst(), one.bound())
	}
	fmt.Fprintln(w, table.Render(s, "  "))
	for _, line := range wrong {
		mark := s.Bad("✗")
		if strings.HasPrefix(line, " ") {
			mark = " "
		}
		fmt.Fprintf(w, "  %s %s\n", mark, line)
	}
	fmt.Fprintf(w, "  %s trials, %s requests, %s\n", show.Count(trials), show.Count(requests), r.Took.Round(time.Second))
	fmt.Fprintf(w, "  %s\n", s.Faint(notes))
}

const notes = `Docker: real, or a fake one that misbehaves on cue before a real Traefik and real apps; none: only files and decisions.
Lost: requests without a 2xx answer, from before the fault until after it; "of 0" where none may be lost.
Worst: the longest time from the fault until bg had converged.`

// told is one trial in a line.
func told(o faults.Outcome) string {
	text := fmt.Sprintf("%d of %s requests lost", o.Lost, show.Count(o.Requests))
	if o.Took > 0 {
		text = "converged after " + show.Took(o.Took) + ", " + text
	}
	if n := len(o.Violations); n > 0 {
		text += fmt.Sprintf(", %d violations", n)
	}
	return text
}
