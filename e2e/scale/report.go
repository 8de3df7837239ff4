package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"bg/e2e/internal/show"
)

// report is all that was found out.
type report struct {
	Date  time.Time `json:"date"`
	Where string    `json:"machine"`
	Rate  int       `json:"events_per_second"`
	Rows  []row     `json:"rows"`
	Goals []goal    `json:"goals"`
}

// row is what was found of one size.
type row struct {
	Size  size  `json:"size"`
	Found found `json:"found"`
}

// goal is something that the figures are to show.
type goal struct {
	Text string `json:"text"`
	Held bool   `json:"held"`
}

func newReport(o options) *report {
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	return &report{
		Date: time.Now(), Rate: o.rate,
		Where: fmt.Sprintf("%s/%s, %d cores, load average %s before it, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load, runtime.Version()),
	}
}

// mib writes bytes in MiB.
func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func percent(share float64) string { return fmt.Sprintf("%.2f%%", 100*share) }

// judge holds the figures against the goals.
func (r *report) judge() {
	add := func(held bool, format string, args ...any) {
		r.Goals = append(r.Goals, goal{fmt.Sprintf(format, args...), held})
	}
	for _, one := range r.Rows {
		s, f := one.Size, one.Found
		if s.Checked > 0 {
			continue // there is no goal for what checks cost
		}
		most := map[size]int64{{10, 20, 0}: 25, {1000, 2000, 0}: 100, {1000, 5000, 0}: 256}[s]
		if most > 0 {
			add(f.Most <= most<<20, "%s: at most %s of memory, goal %d MiB", s, mib(f.Most), most)
		}
		if s.Containers > 2000 {
			continue // they are to fit into memory
		}
		add(f.Idle <= 0.003, "%s: %s of a core without anything to do, goal 0.3%%", s, percent(f.Idle))
		p99 := f.Renamed.Quantile(0.99)
		add(p99 <= 20*time.Millisecond, "%s: event -> file renamed p99 %s, goal 20 ms", s, show.Took(p99))
	}
}

func (r *report) held() bool {
	for _, g := range r.Goals {
		if !g.Held {
			return false
		}
	}
	return len(r.Goals) > 0
}

// print writes the report for people.
func (r *report) print(w io.Writer, s show.Style) {
	fmt.Fprintf(w, "\n%s\n%s\n\n", s.Bold("bg at scale"), s.Faint(r.Date.Format("2006-01-02 15:04")+" · "+r.Where))
	table := show.Table{Head: []string{"SIZE", "FIRST FILE", "ALL SERVED", "MEMORY", "AT MOST", "IDLE CPU", fmt.Sprintf("CPU AT %d/s", r.Rate), "EVENT -> FILE P50", "P99", "N"}, Left: 1}
	for _, one := range r.Rows {
		f := one.Found
		table.Add(one.Size.String(), show.Took(f.File), show.Took(f.Served), mib(f.Rest), mib(f.Most), percent(f.Idle), percent(f.Busy),
			show.Took(f.Renamed.Quantile(0.5)), show.Took(f.Renamed.Quantile(0.99)), show.Count(len(f.Renamed)))
	}
	fmt.Fprintln(w, table.Render(s, "  "))
	for _, g := range r.Goals {
		mark := s.Good("held    ")
		if !g.Held {
			mark = s.Bad("not held")
		}
		fmt.Fprintf(w, "  %s  %s\n", mark, g.Text)
	}
	fmt.Fprintf(w, "  %s\n", s.Faint("Until all are served, one second is for each app to settle. CPU is of one core. Ten of the events a second change the file."))
}

// printJSON writes the report for programs.
func (r *report) printJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
