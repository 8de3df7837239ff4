package main

import (
	"strings"

	"bg/controller/api"
)

// notReady lists each container that can't serve, with its whole reason.
func (v view) notReady(st api.Status) string {
	var b strings.Builder
	for _, a := range st.Apps {
		for _, c := range a.Colors {
			for _, k := range c.Containers {
				if k.Condition == "ready" || k.Hook != "" {
					continue
				}
				head := v.style.yellow("!") + " " + v.style.side(c.Color, oneLine(orElse(k.Name, k.ID))) + "  " + oneLine(k.Condition)
				b.WriteString(v.item(head, k.Detail))
			}
		}
	}
	return v.section("Not ready", b.String())
}

// strays lists the containers whose labels don't even tell their app.
func (v view) strays(st api.Status) string {
	var b strings.Builder
	for _, k := range st.Strays {
		b.WriteString(v.item(v.style.yellow("!")+" "+oneLine(orElse(k.Name, k.ID)), k.Reason))
	}
	return v.section("Left out, for their labels", b.String())
}

func (v view) problems(st api.Status) string {
	var b strings.Builder
	for _, p := range st.Problems {
		b.WriteString(v.item(v.style.level(p.Severity)+" "+oneLine(p.Subject), p.Text))
	}
	return v.section("Problems", b.String())
}

// item is a line and, below it, what there is to say about it.
func (v view) item(head, text string) string {
	const indent = "      "
	out := fit("  "+head, v.width) + "\n"
	if strings.TrimSpace(text) != "" {
		out += indent + wrap(text, indent, v.width) + "\n"
	}
	return out
}

func (v view) section(title, body string) string {
	if body == "" {
		return ""
	}
	return v.style.faint(title) + "\n" + body
}
