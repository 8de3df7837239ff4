package eyes

import (
	"testing"
)

func TestScenariosAreToldApartByName(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Scenarios() {
		if s.Name == "" || s.Text == "" || s.strike == nil || seen[s.Name] {
			t.Errorf("%q: it has no name of its own, no text or no strike", s.Name)
		}
		seen[s.Name] = true
	}
}

func TestTheCallersListIsItsOwn(t *testing.T) {
	Scenarios()[0].Name = "changed"
	if got := Scenarios()[0].Name; got == "changed" {
		t.Error("a caller changed the list of all")
	}
}
