package main

import (
	"fmt"
	"strings"

	"bg/controller/api"
)

// judgedText is what traffic says of a release, with the numbers.
func judgedText(j api.Judgment) string {
	head := string(j.Outcome)
	if j.Service != "" {
		head += ", service " + oneLine(j.Service)
	}
	lines := []string{head + ": " + oneLine(j.Reason)}
	if j.Saved > 0 {
		lines = append(lines, fmt.Sprintf("%d %s that it could not answer went to the other color", j.Saved, plural(j.Saved, "request")))
	}
	for _, t := range j.Tests {
		lines = append(lines, fmt.Sprintf("%-12s E %s of %s, dispersion %.3g", oneLine(t.Name), number(t.E), number(t.Threshold), t.Dispersion))
	}
	if j.Slow > 0 {
		lines = append(lines, fmt.Sprintf("slow is what took more than %gs", j.Slow))
	}
	return strings.Join(lines, "\n")
}

// number is f for people: 0.004, 1.3, 110, 2e+09.
func number(f float64) string { return fmt.Sprintf("%.3g", f) }

func plural(n uint64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
