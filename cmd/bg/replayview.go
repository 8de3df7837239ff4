package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bg/controller/judge"
)

// replayView prints what a record comes to.
type replayView struct {
	style style
	width int // columns; 0: as wide as it gets
}

func (v replayView) render(r replayed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d polls", r.Polls)
	if r.From != nil {
		fmt.Fprintf(&b, ", from %s to %s", r.From.Local().Format(time.DateTime), r.To.Local().Format(time.DateTime))
	}
	b.WriteString("\n\n" + v.counts(r.Verdict))
	if len(r.Verdict.Tests) > 0 {
		b.WriteString("\n" + v.tests(r.Verdict))
	}
	b.WriteString("\n" + wrap(v.outcome(r), "  ", v.width) + "\n")
	return b.String()
}

// counts is what each color answered.
func (v replayView) counts(verdict judge.Verdict) string {
	old := "old color"
	if verdict.Soak {
		old = "old color, its last hour"
	}
	t := table{style: v.style, head: []string{"", "REQUESTS", "ERRORS", "TIMED", "SLOW"}}
	row := func(name string, c judge.Counts) {
		t.rows = append(t.rows, []string{
			name, strconv.FormatUint(c.Requests, 10), portion(c.Errors, c.Requests),
			strconv.FormatUint(c.Timed, 10), portion(c.Slow, c.Timed),
		})
	}
	row("new color", verdict.Candidate)
	row(old, verdict.Stable)
	return t.render(v.width)
}

// portion is a count and its share.
func portion(n, of uint64) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.3g%%)", n, 100*float64(n)/float64(of))
}

// tests is how much speaks against the new color.
func (v replayView) tests(verdict judge.Verdict) string {
	t := table{style: v.style, head: []string{"TEST", "E", "DEMOTES AT", "COMPARED WITH", "DISPERSION"}}
	for _, test := range verdict.Tests {
		e := times(test.E)
		if test.E >= test.Threshold {
			e = v.style.red(e)
		}
		t.rows = append(t.rows, []string{
			test.Name, e, times(test.Threshold),
			fmt.Sprintf("%.3g%%", 100*test.Against), fmt.Sprintf("%.3g", test.Dispersion),
		})
	}
	return t.render(v.width)
}

// times writes how many times over something is, to three digits.
func times(x float64) string {
	if x >= 100 && x < 1e6 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// outcome is the verdict in words.
func (v replayView) outcome(r replayed) string {
	reason := oneLine(r.Verdict.Reason)
	switch {
	case r.Verdict.Outcome == judge.Pass:
		return v.style.level("ok") + " pass: " + reason
	case r.Verdict.Outcome == judge.Thin:
		return v.style.level("warning") + " " + string(judge.Thin) + ": " + reason
	case r.At == nil:
		return v.style.level("error") + " fail, before the first poll: " + reason
	}
	return fmt.Sprintf("%s fail at poll %d, %s: %s", v.style.level("error"), r.Failed, r.At.Local().Format(time.DateTime), reason)
}
