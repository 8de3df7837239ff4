package labels

import (
	"testing"

	"pgregory.net/rapid"
)

func TestQualifyDoublesTheDashesOfTheApp(t *testing.T) {
	for _, c := range []struct{ app, name, want string }{
		{"shop", "web", "shop-web"},
		{"my-shop", "web", "my--shop-web"},
		{"my", "shop-web", "my-shop-web"},
	} {
		if got := Qualify(c.app, c.name); got != c.want {
			t.Errorf("Qualify(%q, %q) = %q, want %q", c.app, c.name, got, c.want)
		}
	}
}

func TestLeafEndsInTheColor(t *testing.T) {
	if got := Leaf("shop", "web", Green); got != "shop-web-green" {
		t.Error(got)
	}
}

// The generators draw from few letters, so that near misses are common.
var (
	someApp     = rapid.StringMatching(`[ab][ab-]{0,4}`)
	someName    = rapid.StringMatching(`[ab][ab_-]{0,4}`)
	someService = rapid.Map(rapid.StringMatching(`[ab][ab.-]{0,2}([-_](blue|green)){0,2}`), colorless)
	someColor   = rapid.SampledFrom(Colors[:])
)

func TestNoTwoNamesAreEqualAtTheProxy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		app, name := someApp.Draw(t, "app"), someName.Draw(t, "name")
		app2, name2 := someApp.Draw(t, "app2"), someName.Draw(t, "name2")
		if Qualify(app, name) == Qualify(app2, name2) && (app != app2 || name != name2) {
			t.Fatalf("%q %q and %q %q are both %q", app, name, app2, name2, Qualify(app, name))
		}
	})
}

func TestNoLeafHasTheNameOfAnotherServiceOrLeaf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		app, service, color := someApp.Draw(t, "app"), someService.Draw(t, "service"), someColor.Draw(t, "color")
		app2, service2, color2 := someApp.Draw(t, "app2"), someService.Draw(t, "service2"), someColor.Draw(t, "color2")
		leaf := Leaf(app, service, color)
		if leaf == Qualify(app2, service2) {
			t.Fatalf("leaf %q is also a service", leaf)
		}
		if leaf == Leaf(app2, service2, color2) && (app != app2 || service != service2 || color != color2) {
			t.Fatalf("leaf %q twice", leaf)
		}
	})
}
