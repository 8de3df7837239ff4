package main

import (
	"fmt"
	"strings"

	"bg/compose"
	"bg/controller/api"
	"bg/labels"
)

// planView is how a plan is shown. Its output depends on nothing else.
type planView struct {
	style style
	width int // columns; 0: no limit
}

// brief is what a person should know before saying yes.
func (v planView) brief(p plan) string {
	var b strings.Builder
	v.head(&b, p)
	v.line(&b, "colored", strings.Join(p.names(compose.Colored), ", "))
	v.line(&b, "shared", strings.Join(p.names(compose.Shared), ", "))
	var hooks []string
	for _, h := range p.Hooks {
		hooks = append(hooks, h.Service+" ("+h.Moment+")")
	}
	v.line(&b, "hooks", strings.Join(hooks, ", "))
	v.line(&b, "traffic", p.traffic())
	for _, n := range p.Notes {
		if n.Severity != compose.Info {
			v.note(&b, n)
		}
	}
	return b.String()
}

// render returns all of the plan.
func (v planView) render(p plan) string {
	var b strings.Builder
	v.head(&b, p)
	v.line(&b, "files", strings.Join(p.Files, "\n"))
	b.WriteString("\n" + v.style.faint("Services") + "\n" + v.services(p))
	b.WriteString("\n" + v.style.faint("Steps") + "\n" + v.steps(p))
	if len(p.Notes) > 0 {
		b.WriteString("\n" + v.style.faint("Notes") + "\n")
		for _, n := range p.Notes {
			v.note(&b, n)
		}
	}
	return b.String()
}

func (v planView) head(b *strings.Builder, p plan) {
	s := v.style
	text := s.bold(oneLine(p.App))
	switch {
	case p.Color == "":
		text += "   next color unknown, since no controller answers"
	case p.Active == "":
		text += "   → " + s.side(p.Color, p.Color) + ", its first color"
	default:
		text += "   " + s.side(p.Active, p.Active) + " → " + s.side(p.Color, p.Color)
	}
	b.WriteString(fit(text, v.width) + "\n")
}

func (v planView) line(b *strings.Builder, name, text string) {
	if text != "" {
		const indent = "         "
		b.WriteString(v.style.faint(fmt.Sprintf("%-8s", name)) + " " + wrap(text, indent, v.width) + "\n")
	}
}

func (v planView) services(p plan) string {
	t := table{style: v.style, indent: "  "}
	for _, s := range p.Services {
		kind := s.Kind
		if s.Exclusive {
			kind += ", exclusive"
		}
		image := orElse(s.Image, "-")
		if s.Build {
			image += " (built)"
		}
		replicas := ""
		if s.Replicas != 1 {
			replicas = fmt.Sprintf("×%d", s.Replicas)
		}
		t.rows = append(t.rows, []string{oneLine(s.Name), kind, oneLine(image), replicas})
	}
	return t.render(v.width)
}

// steps lists what the release goes through, in order.
func (v planView) steps(p plan) string {
	var b strings.Builder
	step := func(name, text string) {
		b.WriteString("  " + fmt.Sprintf("%-9s", name) + wrap(text, "           ", v.width) + "\n")
	}
	color := orElse(p.Color, "the new color")
	if shared := p.names(compose.Shared); len(shared) > 0 {
		step("shared", strings.Join(shared, ", ")+" brought up if not running, never recreated")
	}
	v.hooks(p, labels.HookExpand, step)
	step("start", fmt.Sprintf("%s: ready within %s", strings.Join(p.names(compose.Colored), ", "), p.Deadline))
	v.tests(p, "direct", step)
	v.hooks(p, labels.HookSmoke, step)
	if e := p.exclusives(); len(e) > 0 {
		step("handover", strings.Join(e, ", ")+": the old one stops, then the new one starts")
	}
	step("traffic", fmt.Sprintf("to %s %s", color, p.traffic()))
	v.tests(p, "proxy", step)
	v.hooks(p, labels.HookPromoted, step)
	if p.Color == "" || p.Active != "" {
		old := orElse(p.Active, "the old color")
		step("soak", fmt.Sprintf("%s stays warm for %s of healthy time", old, p.Soak))
		v.retire(p, old, step)
	}
	v.hooks(p, labels.HookContract, step)
	v.hooks(p, labels.HookDemoted, step)
	return b.String()
}

func (v planView) retire(p plan, old string, step func(name, text string)) {
	switch p.Retire {
	case string(labels.Keep):
		step(api.StepRetire, old+" is kept running")
	case string(labels.Remove):
		step(api.StepRetire, fmt.Sprintf("%s is stopped, %s after its last request at the earliest, and removed", old, p.Drain))
	default:
		step(api.StepRetire, fmt.Sprintf("%s is stopped, %s after its last request at the earliest", old, p.Drain))
	}
}

func (v planView) hooks(p plan, moment labels.Hook, step func(name, text string)) {
	for _, h := range p.Hooks {
		if h.Moment != string(moment) {
			continue
		}
		text := fmt.Sprintf("hook %s runs to its end, within %s", oneLine(h.Service), h.Deadline)
		if h.Moment == string(labels.HookDemoted) {
			text = fmt.Sprintf("if it is taken back, hook %s runs, within %s", oneLine(h.Service), h.Deadline)
		}
		if h.Manual {
			text += ", once bg contract says so"
		}
		step(h.Moment, text)
	}
}

func (v planView) tests(p plan, via string, step func(name, text string)) {
	for _, t := range p.Smoke {
		if t.Via == via {
			way := ""
			if via == "proxy" {
				way = " through the proxy"
			}
			step("smoke", oneLine(fmt.Sprintf("%s: %s%s gives %s (%s)", t.Service, t.Request, way, t.Expect, t.Name)))
		}
	}
}

func (v planView) note(b *strings.Builder, n planNote) {
	mark := v.style.cyan("·")
	if n.Severity != compose.Info {
		mark = v.style.level(n.Severity)
	}
	text := noteText(compose.Note{Service: n.Service, Subject: n.Subject, Text: n.Text})
	b.WriteString("  " + mark + " " + wrap(text, "    ", v.width) + "\n")
}
