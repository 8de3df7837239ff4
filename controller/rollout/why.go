package rollout

import (
	"fmt"
	"slices"
	"strings"

	"bg/labels"
)

// why says in one line what keeps a color from serving.
func (t *turn) why(c labels.Color) string {
	all, services := t.members.of(c), t.app.side(c).Services
	if len(all) == 0 {
		return "its containers are gone"
	}
	// Once the color was ready, a replica that is missing explains nothing;
	// a service without any does.
	for _, service := range services {
		if t.first(c, service, (*Container).ready) != nil {
			continue
		}
		if m := t.first(c, service, func(*Container) bool { return true }); m != nil {
			return m.fault()
		}
		return fmt.Sprintf("no container of service %s is left", service)
	}
	if services == nil {
		if i := slices.IndexFunc(all, func(m *Container) bool { return !m.ready() }); i >= 0 {
			return all[i].fault()
		}
	}
	if denied := t.app.side(c).Denied; denied != "" {
		return denied
	}
	if _, err := t.merged(c, (*Container).ready); err != nil {
		return brief(err.Error())
	}
	return fmt.Sprintf("its set of containers has not been the same for %s yet", Settle)
}

// fault says what is wrong with a container that is not ready.
func (c *Container) fault() string {
	switch {
	case c.Invalid != "":
		return fmt.Sprintf("container %s has labels that bg cannot use: %s", c.Name, brief(c.Invalid))
	case c.Condition == Unchecked:
		return fmt.Sprintf("container %s is unchecked (%s); give its service a healthcheck, or label bg.health.path", c.Name, brief(orElse(c.Detail, "nothing tells whether it is ready")))
	case c.Detail != "":
		return fmt.Sprintf("container %s is %s (%s)", c.Name, c.Condition, brief(c.Detail))
	}
	return fmt.Sprintf("container %s is %s", c.Name, c.Condition)
}

// whyNone says what keeps the first color from being ready.
func (t *turn) whyNone() string {
	for _, c := range labels.Colors {
		if len(t.members.of(c)) > 0 {
			return string(c) + ": " + t.why(c)
		}
	}
	return "its containers are gone"
}

// brief returns the first line of s, and no more of it than a history line
// takes: labels and other programs wrote it, and the store has bounds.
func brief(s string) string {
	const limit = 500
	line, _, _ := strings.Cut(s, "\n")
	if len(line) > limit {
		line = strings.ToValidUTF8(line[:limit], "") + "…"
	}
	return line
}
