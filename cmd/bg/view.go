package main

import (
	"fmt"
	"strings"
	"time"

	"bg/controller/api"
)

// view is how a status is shown. Its output depends on nothing else.
type view struct {
	style style
	width int    // columns; 0: no limit
	app   string // show this one alone, in detail
	name  string // of the program, as typed
}

// render returns the lines for people.
func (v view) render(st api.Status) string {
	var parts []string
	switch {
	case v.app != "":
		if a, err := pick(st, v.app); err == nil {
			parts = append(parts, v.detail(a, st.Time))
		} else {
			parts = append(parts, printable(err.Error())+"\n")
		}
	case len(st.Apps) == 0:
		parts = append(parts, "No apps yet. Label a service bg.enable=true and start it in a project\nthat ends in -blue or -green.\n")
	default:
		parts = append(parts, v.apps(st), v.notReady(st))
	}
	parts = append(parts, v.strays(st), v.problems(st))
	var filled []string
	for _, part := range parts {
		if part != "" {
			filled = append(filled, part)
		}
	}
	return strings.Join(filled, "\n")
}

func (v view) apps(st api.Status) string {
	s := v.style
	t := table{style: s, head: []string{"APP", "PHASE", "ACTIVE", "BLUE", "GREEN", "SINCE"}}
	blue, green := sideCells(st.Apps, "blue"), sideCells(st.Apps, "green")
	var said []string
	for i, a := range st.Apps {
		t.rows = append(t.rows, []string{
			s.bold(oneLine(a.Name)),
			s.phase(oneLine(a.Phase)),
			s.side(a.Active, orElse(oneLine(a.Active), "-")),
			s.side("blue", blue[i]),
			s.side("green", green[i]),
			s.faint(age(a.Since, st.Time)),
		})
		said = append(said, notes(a, st.Time))
	}
	if wide := t.with("NOTE", said); v.width == 0 || wide.width() <= v.width {
		return wide.render(v.width)
	}
	// Cut off, a note says nothing: it goes below its app.
	lines := strings.SplitAfter(t.render(v.width), "\n")
	var b strings.Builder
	b.WriteString(lines[0])
	for i, text := range said {
		b.WriteString(lines[i+1])
		if text != "" {
			b.WriteString("    " + wrap(text, "    ", v.width) + "\n")
		}
	}
	return b.String()
}

// note is what an app waits for.
func note(a api.App) string {
	text := oneLine(a.Note)
	if !a.Live && a.Active != "" && text == "" {
		text = fmt.Sprintf("generation %d is not live yet", a.Generation)
	}
	return text
}

// sideCells returns one cell per app about its color: role, share, ready
// containers, each aligned.
func sideCells(apps []api.App, color string) []string {
	var rows [][]string
	for _, a := range apps {
		rows = append(rows, sideCell(a, color))
	}
	var widths [3]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	cells := make([]string, len(rows))
	for i, row := range rows {
		cells[i] = "-"
		if row != nil {
			cells[i] = strings.TrimRight(fmt.Sprintf("%-*s %*s %*s", widths[0], row[0], widths[1], row[1], widths[2], row[2]), " ")
		}
	}
	return cells
}

func sideCell(a api.App, color string) []string {
	c := find(a, color)
	if c == nil {
		return nil
	}
	ready, all := count(*c)
	return []string{orElse(oneLine(c.Role), "-"), fmt.Sprintf("%d%%", c.Weight), fmt.Sprintf("%d/%d", ready, all)}
}

// find returns the app's color, or nil if nothing is known of it.
func find(a api.App, color string) *api.Color {
	for i, c := range a.Colors {
		if c.Color == color && (len(c.Containers) > 0 || c.Role != "") {
			return &a.Colors[i]
		}
	}
	return nil
}

// count counts the containers that stay up, and the ready ones of them.
func count(c api.Color) (ready, all int) {
	for _, k := range c.Containers {
		if k.Hook != "" {
			continue
		}
		all++
		if k.Condition == "ready" {
			ready++
		}
	}
	return ready, all
}

// age is the time since then in at most two units: 45s, 3m20s, 5h, 12d.
func age(then, now time.Time) string {
	if then.IsZero() {
		return "-"
	}
	d := max(now.Sub(then), 0)
	switch s := int(d.Seconds()); {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 10*60 && s%60 != 0:
		return fmt.Sprintf("%dm%ds", s/60, s%60)
	case s < 3600:
		return fmt.Sprintf("%dm", s/60)
	case s < 10*3600 && s/60%60 != 0:
		return fmt.Sprintf("%dh%dm", s/3600, s/60%60)
	case s < 48*3600:
		return fmt.Sprintf("%dh", s/3600)
	default:
		return fmt.Sprintf("%dd", s/86400)
	}
}

// list joins words for people: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + last(words)
}
