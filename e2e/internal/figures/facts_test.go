package figures

import "testing"

func TestTheVersionOfTraefikIsRead(t *testing.T) {
	const text = "Version:      3.7.10\nCodename:     cheddar\nGo version:   go1.26.0\n"
	if got := traefikVersion(text); got != "3.7.10" {
		t.Errorf("got %q", got)
	}
	if got := traefikVersion("nothing"); got != "unknown" {
		t.Errorf("got %q", got)
	}
}
