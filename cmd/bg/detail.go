package main

import (
	"fmt"
	"strings"
	"time"

	"bg/controller/api"
)

// barWidth is the cells of the bar of shares.
const barWidth = 40

// detail shows one app with all of its containers.
func (v view) detail(a api.App, now time.Time) string {
	s := v.style
	live := "live"
	if !a.Live {
		live = s.yellow("not live yet")
	}
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			const indent = "         "
			b.WriteString(s.faint(fmt.Sprintf("%-8s", name)) + " " + wrap(text, indent, v.width) + "\n")
		}
	}
	// wrap takes colors away, so painted text does not go through it.
	fmt.Fprintf(&b, "%s   %s   generation %d, %s\n", s.bold(oneLine(a.Name)), s.phase(oneLine(a.Phase)), a.Generation, live)
	if bar := v.bar(a); bar != "" {
		b.WriteString(bar + "\n")
	}
	line("rules", strings.Join(a.Rules, "\n"))
	line("preview", a.Preview)
	line("note", a.Note)
	if a.Release != nil {
		line("release", releaseText(*a.Release, now))
	}
	if a.Judgment != nil {
		line("traffic", judgedText(*a.Judgment))
	}
	if a.Lock != nil {
		line("locked", "by "+lockText(*a.Lock, now))
	}
	for _, c := range a.Colors {
		b.WriteString("\n" + v.color(c, now))
	}
	if len(a.Colors) == 0 {
		b.WriteString("\nNo container of it is known.\n")
	}
	return b.String()
}

func (v view) color(c api.Color, now time.Time) string {
	s := v.style
	ready, all := count(c)
	head := fmt.Sprintf("%s  %s  %s  %d/%d ready", s.side(c.Color, s.bold(oneLine(c.Color))),
		orElse(oneLine(c.Role), "-"), s.share(c.Color, c.Weight), ready, all)
	if !c.Since.IsZero() {
		head += s.faint("  for " + age(c.Since, now))
	}
	out := fit(head, v.width) + "\n"
	if c.Cause != "" {
		out += "  " + s.faint(wrap(c.Cause, "  ", v.width)) + "\n"
	}
	t := table{style: s, indent: "  "}
	for _, k := range c.Containers {
		condition := oneLine(k.Condition)
		mark := s.yellow("!")
		if k.Condition == "ready" {
			mark = s.green("✓")
		}
		if k.Hook != "" {
			mark, condition = " ", condition+" (hook "+oneLine(k.Hook)+")"
		}
		t.rows = append(t.rows, []string{
			mark + " " + oneLine(orElse(k.Name, k.ID)), oneLine(k.Service), condition, s.faint(orElse(oneLine(k.Address), "-")),
		})
	}
	rows := strings.SplitAfter(t.render(v.width), "\n")
	for i, k := range c.Containers {
		out += rows[i]
		if strings.TrimSpace(k.Detail) != "" {
			out += "      " + wrap(k.Detail, "      ", v.width) + "\n"
		}
	}
	return out
}

// bar shows the shares as colored cells. Without color it says nothing
// that the percents don't.
func (v view) bar(a api.App) string {
	if !v.style.color || a.Active == "" || v.width > 0 && v.width < barWidth {
		return ""
	}
	blue := 0
	if c := find(a, "blue"); c != nil {
		blue = c.Weight
	}
	cells := (blue*barWidth + 50) / 100
	if blue > 0 && cells == 0 {
		cells = 1
	}
	if blue < 100 && cells == barWidth {
		cells--
	}
	return v.style.side("blue", strings.Repeat("█", cells)) + v.style.side("green", strings.Repeat("█", barWidth-cells))
}
