package controller

import (
	"strings"
	"testing"
	"testing/synctest"

	"bg/controller/api"
	"bg/labels"
)

// Attack 26 of the bar: replayed command: idempotent.
func TestACommandThatIsReplayedChangesNothingMore(t *testing.T) {
	ten := 10
	digest := strings.Repeat("3f9a2c81", 8)
	for name, commands := range map[string][]struct {
		verb string
		api.Command
	}{
		"canary":   {{api.VerbCanary, api.Command{Percent: &ten}}},
		"promote":  {{api.VerbPromote, api.Command{}}},
		"rollback": {{api.VerbPromote, api.Command{}}, {api.VerbRollback, api.Command{}}},
		"begin":    {{api.VerbBegin, api.Command{Digest: digest, Message: "fix"}}},
		"abort":    {{api.VerbBegin, api.Command{Digest: digest}}, {api.VerbAbort, api.Command{Message: "no disk"}}},
		"lock":     {{api.VerbLock, api.Command{Message: "sale"}}},
		"unlock":   {{api.VerbLock, api.Command{}}, {api.VerbUnlock, api.Command{}}},
		"contract": {{api.VerbContract, api.Command{}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := twoColors(t)
				if name == "begin" || name == "abort" {
					r.see(web("shop", labels.Blue, 1)) // else green is in the way
					r.settle()
				}
				id := ""
				var last api.Command
				for _, c := range commands {
					last = c.Command
					last.Actor = "ada"
					if c.verb == api.VerbAbort {
						last.Release = id
					}
					got, err := r.command(c.verb, last)
					if err != nil && name != "contract" {
						t.Fatalf("%s: %v", c.verb, err)
					}
					if got.Release != nil {
						id = got.Release.ID
					}
					r.settle()
				}
				verb := commands[len(commands)-1].verb
				file, state := r.file(), r.app("shop")
				events, err := r.store.History("shop", 0)
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					_, _ = r.command(verb, last) // some are refused now
					r.settle()
				}
				again, err := r.store.History("shop", 0)
				if err != nil {
					t.Fatal(err)
				}
				if len(again) != len(events) {
					t.Errorf("%d more in the history, the newest: %+v", len(again)-len(events), again[0])
				}
				after := r.app("shop")
				if r.file() != file || after.Active != state.Active || after.Generation != state.Generation {
					t.Errorf("before %+v, after %+v", state, after)
				}
				if (after.Release == nil) != (state.Release == nil) || after.Release != nil && after.Release.ID != state.Release.ID {
					t.Errorf("the release before was %+v, after %+v", state.Release, after.Release)
				}
			})
		})
	}
}
