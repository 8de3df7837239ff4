package eyes

import (
	"fmt"

	"bg/controller/api"
)

// serves is true when a color has all users, live.
func serves(c string) func(api.App) error {
	return func(x api.App) error {
		if got := color(x, c); x.Active != c || got.Weight != 100 || !x.Live {
			return fmt.Errorf("active is %q, %s has %d%%, live %v, phase %s, note %q", x.Active, c, got.Weight, x.Live, x.Phase, x.Note)
		}
		return nil
	}
}

// waits is true when the struck color waits for users.
func waits(x api.App) error {
	if x.Phase != api.PhaseReady || !x.Live {
		return fmt.Errorf("phase %s, live %v, note %q", x.Phase, x.Live, x.Note)
	}
	return nil
}

// fallen is true when the struck color is demoted and the old one has all
// users, live.
func fallen(x api.App) error {
	if role := color(x, struck).Role; role != "demoted" {
		return fmt.Errorf("%s is %q, %s", struck, role, x.Phase)
	}
	return serves(old)(x)
}

// color returns one color of x, the zero one if it is unknown.
func color(x api.App, name string) api.Color {
	for _, c := range x.Colors {
		if c.Color == name {
			return c
		}
	}
	return api.Color{}
}
