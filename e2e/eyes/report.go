package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"bg/e2e/internal/eyes"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/show"
)

// report is all that was found out.
type report struct {
	Facts figures.Facts
	Rows  []row
}

// row is one scenario with its trials, one at least.
type row struct {
	eyes.Scenario
	trials []eyes.Trial
}

// sum adds up one count over the trials.
func (r row) sum(of func(eyes.Trial) int) int {
	n := 0
	for _, t := range r.trials {
		n += of(t)
	}
	return n
}

// times returns one time of each trial in which green was out at all.
func (r row) times(of func(eyes.Trial) time.Duration) figures.Sample {
	var s figures.Sample
	for _, t := range r.trials {
		if t.IsOut {
			s = append(s, of(t))
		}
	}
	return s
}

// broken returns what was not held, a line for each trial and promise, with
// what is known of it.
func (r row) broken() []string {
	var lines []string
	for i, t := range r.trials {
		broken := r.Broken(t)
		for _, text := range broken {
			lines = append(lines, fmt.Sprintf("%s, trial %d: %s", r.Name, i+1, text))
		}
		if len(broken) == 0 {
			continue
		}
		for _, more := range [][]string{t.Failures, t.Astray, t.History, t.Log} {
			for _, text := range more {
				lines = append(lines, "    "+text)
			}
		}
	}
	return lines
}

// promise is what has to hold beside that no POST is doubled and nobody comes
// back.
func (r row) promise() string {
	var all []string
	if r.Lossless {
		all = append(all, "no GET fails")
	}
	if r.Bound > 0 {
		all = append(all, "out in "+r.Bound.String())
	}
	return strings.Join(append(all, "1 demotion"), ", ")
}

// broken says whether any promise was.
func (r *report) broken() bool {
	for _, one := range r.Rows {
		if len(one.broken()) > 0 {
			return true
		}
	}
	return false
}

// print writes the report for people.
func (r *report) print(w io.Writer, s show.Style) {
	fmt.Fprintf(w, "\n%s\n%s\n\n", s.Bold("bg eyes"), s.Faint(r.Facts.String()))
	table := show.Table{Left: 1, Head: []string{
		"SCENARIO", "TRIALS", "REQUESTS", "FAILED GETS", "LOST POSTS", "DOUBLED", "DECIDED P50", "OUT P50", "OUT MAX", "PROMISED", "HELD",
	}}
	var wrong []string
	for _, one := range r.Rows {
		held, lines := s.Good("yes"), one.broken()
		if len(lines) > 0 {
			held = s.Bad("no")
		}
		wrong = append(wrong, lines...)
		decided := one.times(func(t eyes.Trial) time.Duration { return t.Decided })
		out := one.times(func(t eyes.Trial) time.Duration { return t.Out })
		table.Add(one.Text, show.Count(len(one.trials)),
			show.Count(one.sum(func(t eyes.Trial) int { return t.Requests })),
			show.Count(one.sum(func(t eyes.Trial) int { return t.FailedGETs })),
			show.Count(one.sum(func(t eyes.Trial) int { return t.LostPOSTs })),
			show.Count(one.sum(func(t eyes.Trial) int { return t.Doubled })),
			took(decided, 0.5), took(out, 0.5), took(out, 1), one.promise(), held)
	}
	fmt.Fprintln(w, table.Render(s, "  "))
	for _, line := range wrong {
		mark := s.Bad("✗")
		if strings.HasPrefix(line, " ") {
			mark = " "
		}
		fmt.Fprintf(w, "  %s %s\n", mark, line)
	}
	fmt.Fprintf(w, "  %s\n", s.Faint(notes))
}

const notes = `Times count from just before the docker command that strikes. Decided is the demotion in bg's history; out is
when Traefik was seen to serve a routing without the color and its last request had been sent, whichever is later.
A lost POST got no 2xx; a doubled one arrived more than once at the app's containers, by their own account.`

// took writes a quantile, or that there was none to measure.
func took(s figures.Sample, q float64) string {
	if len(s) == 0 {
		return "never"
	}
	return show.Took(s.Quantile(q))
}

// told is one trial in a line.
func told(sc eyes.Scenario, t eyes.Trial) string {
	out := "never out"
	if t.IsOut {
		out = "out after " + show.Took(t.Out)
	}
	text := fmt.Sprintf("%s, %d of %s GETs failed, %d POSTs lost", out, t.FailedGETs, show.Count(t.GETs), t.LostPOSTs)
	return strings.Join(append([]string{text}, sc.Broken(t)...), "; ")
}
