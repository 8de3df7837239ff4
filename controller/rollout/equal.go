package rollout

import "slices"

// equal reports whether a is what o points to; Route is compared by pointer,
// as an unchanged route keeps its own.
func (a App) equal(o *App) bool {
	if o == nil {
		return false
	}
	return a.Name == o.Name && a.Active == o.Active && a.Weight == o.Weight && a.Held == o.Held &&
		a.Generation == o.Generation && a.Route == o.Route && a.Undo == o.Undo &&
		(a.Gone == o.Gone || a.Gone != nil && o.Gone != nil && a.Gone.Equal(*o.Gone)) &&
		a.Blue.equal(o.Blue) && a.Green.equal(o.Green)
}

func (s Side) equal(o Side) bool {
	return s.Role == o.Role && s.Cause == o.Cause && s.Since.Equal(o.Since) && s.At.Equal(o.At) &&
		slices.Equal(s.Release, o.Release) && slices.Equal(s.Seen, o.Seen) && slices.Equal(s.Services, o.Services)
}
