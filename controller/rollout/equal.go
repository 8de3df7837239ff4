package rollout

import "slices"

// equal reports whether a is what o points to; Route, Run, Lock, Undo and Claims are compared
// by pointer, as one that did not change keeps its own.
func (a App) equal(o *App) bool {
	if o == nil {
		return false
	}
	return a.Name == o.Name && a.Active == o.Active && a.Weight == o.Weight && a.Held == o.Held &&
		a.Generation == o.Generation && a.Route == o.Route && a.Undo == o.Undo &&
		(a.Gone == o.Gone || a.Gone != nil && o.Gone != nil && a.Gone.Equal(*o.Gone)) &&
		a.Run == o.Run && a.Lock == o.Lock && a.Serial == o.Serial && a.Holder == o.Holder && a.Reclaim == o.Reclaim && a.Returning == o.Returning && sameClaims(a.Claims, o.Claims) &&
		a.Blue.equal(o.Blue) && a.Green.equal(o.Green)
}

func (s Side) equal(o Side) bool {
	return s.Role == o.Role && s.Cause == o.Cause && s.Since.Equal(o.Since) && s.At.Equal(o.At) &&
		s.ID == o.ID && s.Digest == o.Digest && s.Denied == o.Denied && s.Outdated == o.Outdated && s.Alarm == o.Alarm && s.Busy == o.Busy && s.Quiet == o.Quiet &&
		slices.Equal(s.Release, o.Release) && slices.Equal(s.Seen, o.Seen) && slices.Equal(s.Services, o.Services)
}
