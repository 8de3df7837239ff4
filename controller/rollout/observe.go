package rollout

import (
	"slices"

	"bg/labels"
)

// observe takes note of each color's containers: whether the set changed,
// and whether what stands there is a new release.
func (t *turn) observe() {
	for _, c := range labels.Colors {
		s, all := t.app.side(c), t.members.of(c)
		if !sameIDs(s.Seen, all) {
			s.Seen, s.Since = ids(all), t.in.Now
		}
		if t.in.Now.Before(s.Since) { // the clock jumped back
			s.Since = t.in.Now
		}
		t.compare(c)
	}
	for _, c := range labels.Colors {
		t.getReady(c)
	}
}

// compare tells whether the containers that stand there now are still those
// that the color's role was decided for.
func (t *turn) compare(c labels.Color) {
	s := t.app.side(c)
	switch {
	case len(s.Seen) == 0:
	case t.leftover(c):
	case !overlap(s.Release, s.Seen):
		t.released(c)
	case s.Role == Candidate && s.Services == nil:
		s.Release = s.Seen // Compose brings a release up one by one
	case s.Role == Candidate && (t.app.Active == "" || t.app.releasing(c) && t.app.Run.Step == Start) && t.lacks(c):
		// It was no part of the release, or nothing else serves: what is left
		// gets ready anew.
		s.Release, s.Services = s.Seen, nil
		t.replaced(c, Start)
	case s.Role != Active && t.renewed(c):
		t.released(c)
	}
}

// lacks reports whether a service that the color got ready with has no
// container any more.
func (t *turn) lacks(c labels.Color) bool {
	return slices.ContainsFunc(t.app.side(c).Services, func(service string) bool {
		return t.first(c, service, func(*Container) bool { return true }) == nil
	})
}

// renewed reports whether a service of the color consists of new containers
// alone. That makes a release: Compose recreates only the services that
// changed, and leaves the others as they are.
func (t *turn) renewed(c labels.Color) bool {
	s, all := t.app.side(c), t.members.of(c)
	if slices.Equal(s.Release, s.Seen) {
		return false
	}
	known := map[string]bool{}
	for _, m := range all {
		if has(s.Release, m.ID) {
			known[m.Spec.Service] = true
		}
	}
	return slices.ContainsFunc(all, func(m *Container) bool { return m.valid() && !known[m.Spec.Service] })
}

// join adds the replicas that came up in place to the release of each color
// that can fall, so that they fall with it.
func (t *turn) join() {
	for _, c := range labels.Colors {
		s, all := t.app.side(c), t.members.of(c)
		if s.Role != Active && s.Role != Candidate || s.Services == nil || slices.Equal(s.Release, s.Seen) {
			continue
		}
		var joined []string
		for _, m := range all {
			if m.ready() || has(s.Release, m.ID) {
				joined = append(joined, m.ID)
			}
		}
		if len(joined) > 0 && !slices.Equal(joined, s.Release) {
			s.Release = joined
		}
	}
}

// getReady notes which services a color has once all of them are ready
// together. For a candidate that is the moment from which it may rise; an
// active color may have got another service in place.
func (t *turn) getReady(c labels.Color) {
	s, all := t.app.side(c), t.members.of(c)
	grown := slices.ContainsFunc(all, func(m *Container) bool { return !slices.Contains(s.Services, m.Spec.Service) })
	if s.Role == Retired || !grown || !t.complete(c) {
		return
	}
	if s.Role == Candidate && s.Services == nil {
		t.record(GotReady, string(c)+": every container is ready", bg)
	}
	s.Services = slices.Compact(slices.Sorted(slices.Values(append(services(all), s.Services...))))
}

// released begins a new release: containers that were not there when the
// color's role was decided.
func (t *turn) released(c labels.Color) {
	s := t.app.side(c)
	s.Release, s.ID, s.Digest, s.Outdated = s.Seen, "", "", false
	if s.Role == Active {
		// Recreated in place, as plain docker compose up does. It stays what
		// users get; what it must keep up is what it consists of now.
		s.Services, t.anew = services(t.members.of(c)), append(t.anew, c)
		t.record(Replaced, string(c)+": its containers were replaced in place", bg)
		t.replaced(c, Verify)
		return
	}
	// Of a few that stay, the users have not left yet.
	s.Busy = s.Busy && overlap(t.was.side(c).Seen, s.Seen)
	s.Role, s.Services, s.Cause, s.At = Candidate, nil, "", t.in.Now
	// What had a share before is gone; the new release earns its own.
	t.app.Weight, t.app.Held = 0, false
	t.app.Undo, t.anew = t.app.Undo.without(c), append(t.anew, c)
	t.record(Appeared, string(c)+": a new release", bg)
	t.replaced(c, Start)
}

// complete reports whether every container of the color is ready, the
// labels agree with each other, and the set had time to settle.
func (t *turn) complete(c labels.Color) bool {
	all := t.members.of(c)
	specs := make([]*labels.Spec, 0, len(all))
	for _, m := range all {
		if !m.ready() && !t.parked(m) {
			return false
		}
		specs = append(specs, m.Spec)
	}
	if len(specs) == 0 {
		return false
	}
	if _, err := labels.Merge(specs...); err != nil || t.conflict(specs) != "" {
		return false
	}
	settled := t.app.side(c).Since.Add(Settle)
	if t.in.Now.Before(settled) {
		t.wake = earliest(t.wake, settled)
		return false
	}
	return true
}

// services returns the Compose services of the containers, sorted.
func services(all []*Container) []string {
	var out []string
	for _, m := range all {
		if !slices.Contains(out, m.Spec.Service) {
			out = append(out, m.Spec.Service)
		}
	}
	slices.Sort(out)
	return out
}

func ids(all []*Container) []string {
	out := make([]string, len(all))
	for i, m := range all {
		out[i] = m.ID
	}
	return out
}

func sameIDs(seen []string, all []*Container) bool {
	return slices.EqualFunc(seen, all, func(id string, m *Container) bool { return id == m.ID })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(id string) bool { return has(b, id) })
}

func has(sorted []string, id string) bool {
	_, found := slices.BinarySearch(sorted, id)
	return found
}
