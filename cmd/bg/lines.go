package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"bg/controller/api"
)

// lines returns a function that prints a line for each app of which
// anything but the time is new.
func lines(w io.Writer, only string) func(api.Status) error {
	last := map[string]string{}
	return func(st api.Status) error {
		for _, a := range st.Apps {
			if only != "" && a.Name != only {
				continue
			}
			text := appLine(a)
			if last[a.Name] == text {
				continue
			}
			last[a.Name] = text
			if _, err := fmt.Fprintf(w, "%s %s\n", st.Time.Format(time.RFC3339), text); err != nil {
				return fmt.Errorf("print: %w", err)
			}
		}
		return nil
	}
}

func appLine(a api.App) string {
	text := fmt.Sprintf("%s %s active=%s", oneLine(a.Name), oneLine(a.Phase), orElse(oneLine(a.Active), "-"))
	for _, color := range []string{"blue", "green"} {
		if cell := sideCell(a, color); cell != nil {
			text += fmt.Sprintf(" %s=%s,%s,%s", color, cell[0], cell[1], cell[2])
		}
	}
	text += fmt.Sprintf(" generation=%d live=%t", a.Generation, a.Live)
	if r := underWay(a); r != nil {
		text += fmt.Sprintf(" release=%s,%s", orElse(oneLine(r.ID), "-"), oneLine(r.Step))
	}
	if a.Lock != nil {
		text += " lock=" + strings.ReplaceAll(oneLine(a.Lock.By), " ", "_")
	}
	if a.Note != "" {
		text += " " + oneLine(a.Note)
	}
	return text
}

// jsonLines returns a function that prints each picture as one line.
func jsonLines(w io.Writer, only string) func(api.Status) error {
	e := json.NewEncoder(w)
	return func(st api.Status) error {
		if only == "" {
			return e.Encode(st)
		}
		one, err := pick(st, only)
		if err != nil {
			return nil // it may come back
		}
		return e.Encode(one)
	}
}
