package faults

import (
	"fmt"
	"strings"

	"bg/controller/api"
)

// of makes a condition for a status out of one for an app.
func app(name string, cond func(api.App) error) func(api.Status) error {
	return func(s api.Status) error {
		for _, x := range s.Apps {
			if x.Name == name {
				return cond(x)
			}
		}
		return fmt.Errorf("there is no app %s", name)
	}
}

// serves is true when a color has all users, live.
func serves(name, c string) func(api.Status) error { return weighs(name, c, 100) }

// weighs is true when a color has so many percent of the users, live.
func weighs(name, c string, percent int) func(api.Status) error {
	return app(name, func(x api.App) error {
		if got := color(x, c); got.Weight != percent || !x.Live || x.Active == "" {
			return fmt.Errorf("%s: active is %q, %s has %d%%, live %v, phase %s, note %q", name, x.Active, c, got.Weight, x.Live, x.Phase, x.Note)
		}
		return nil
	})
}

// waits is true when a candidate waits for users.
func waits(name string) func(api.Status) error {
	return app(name, func(x api.App) error {
		if x.Phase != api.PhaseReady || !x.Live {
			return fmt.Errorf("%s: phase %s, live %v, note %q", name, x.Phase, x.Live, x.Note)
		}
		return nil
	})
}

// fell is true when green is demoted and blue has all users, live.
func fell(name string) func(api.Status) error {
	return app(name, func(x api.App) error {
		if role := color(x, "green").Role; role != "demoted" {
			return fmt.Errorf("%s: green is %q, phase %s, note %q", name, role, x.Phase, x.Note)
		}
		return serves(name, "blue")(api.Status{Apps: []api.App{x}})
	})
}

// alarmed is true when a problem with the subject is told that holds text.
func alarmed(subject, text string) func(api.Status) error {
	return func(s api.Status) error {
		for _, p := range s.Problems {
			if p.Subject == subject && strings.Contains(p.Text, text) {
				return nil
			}
		}
		return fmt.Errorf("no problem of %s with %q among %v", subject, text, s.Problems)
	}
}

// mended is true when no problem of the subject is told.
func mended(subject string) func(api.Status) error {
	return func(s api.Status) error {
		for _, p := range s.Problems {
			if p.Subject == subject {
				return fmt.Errorf("still told: %s", p.Text)
			}
		}
		return nil
	}
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
