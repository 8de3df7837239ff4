package eyes

import (
	"testing"

	"bg/controller/api"
)

func TestGreenIsOutOnlyWhenItIsDemotedAndThatIsLive(t *testing.T) {
	app := func(role string, weight int, live bool) api.App {
		return api.App{Active: old, Live: live, Colors: []api.Color{
			{Color: old, Role: "active", Weight: 100 - weight}, {Color: struck, Role: role, Weight: weight},
		}}
	}
	for _, c := range []struct {
		what string
		app  api.App
		out  bool
	}{
		{"demoted and live", app("demoted", 0, true), true},
		{"demoted, not live yet", app("demoted", 0, false), false},
		{"a canary of nothing", app("candidate", 0, true), false},
		{"demoted, still with users", app("demoted", 50, true), false},
		{"unknown", api.App{}, false},
	} {
		if err := fallen(c.app); (err == nil) != c.out {
			t.Errorf("%s: got %v", c.what, err)
		}
	}
}
