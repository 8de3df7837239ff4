package controller

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"bg/controller/rollout"
	"bg/labels"
)

func TestTheStatusTellsOfAPreviewButNotItsSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		green := manual(web("shop", labels.Green, 2))
		green.Spec.Preview = labels.Preview{Header: "X-Preview=open-sesame", Host: "shop"}
		r.see(web("shop", labels.Blue, 1), green)
		r.settle()
		r.wantInFile("open-sesame")

		if got, want := r.app("shop").Preview, "green, at shop or with the header X-Preview"; got != want {
			t.Errorf("the status says %q, want %q", got, want)
		}
		if got := r.problem("preview"); !strings.Contains(got, "host shop is not open: router web of app shop names it") {
			t.Errorf("of the host that has its users it says %q", got)
		}
		events, err := r.ctl.History(t.Context(), "shop", 100)
		if err != nil || len(events) == 0 {
			t.Fatalf("the history is %v, %v", events, err)
		}
		for _, told := range []any{r.status(), events} {
			text, err := json.Marshal(told)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "sesame") {
				t.Errorf("the value is told: %s", text)
			}
		}

		r.see(web("shop", labels.Blue, 1)) // green is gone
		if got := r.app("shop").Preview + r.problem("preview"); got != "" {
			t.Errorf("after its end the status says %q", got)
		}
	})
}

func TestWithoutAPreviewNothingIsSaid(t *testing.T) {
	for _, r := range []*rollout.Route{nil, {}, {Services: []rollout.Service{{Backends: []rollout.Backend{{Color: labels.Blue}}}}}} {
		if got := preview(r); got != "" {
			t.Errorf("%+v: %q", r, got)
		}
	}
}
