package faults

import (
	"testing"

	"bg/controller/api"
)

func TestConditionsTellWhatIsThereFromWhatIsNot(t *testing.T) {
	status := func(role string, green int, live bool) api.Status {
		return api.Status{
			Problems: []api.Problem{{Subject: "state", Text: "no space left"}},
			Apps: []api.App{{Name: "one", Active: "blue", Live: live, Phase: api.PhaseReady, Colors: []api.Color{
				{Color: "blue", Weight: 100 - green}, {Color: "green", Role: role, Weight: green},
			}}},
		}
	}
	for _, c := range []struct {
		what string
		cond func(api.Status) error
		in   api.Status
		is   bool
	}{
		{"blue serves", serves("one", "blue"), status("", 0, true), true},
		{"blue serves, not live yet", serves("one", "blue"), status("", 0, false), false},
		{"half", weighs("one", "green", 50), status("", 50, true), true},
		{"another app", serves("two", "blue"), status("", 0, true), false},
		{"green fell", fell("one"), status("demoted", 0, true), true},
		{"green fell with users", fell("one"), status("demoted", 50, true), false},
		{"green only has none", fell("one"), status("candidate", 0, true), false},
		{"green waits", waits("one"), status("candidate", 0, true), true},
		{"the alarm", alarmed("state", "no space"), status("", 0, true), true},
		{"another alarm", alarmed("docker", ""), status("", 0, true), false},
		{"mended", mended("docker"), status("", 0, true), true},
		{"not mended", mended("state"), status("", 0, true), false},
	} {
		if err := c.cond(c.in); (err == nil) != c.is {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
