package rollout

import (
	"strings"
	"testing"
)

// waiting is an app with green as its candidate, waiting for an operator.
func waiting(t *testing.T) *story {
	return begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual)).roles(Active, Candidate)
}

// promoted is an app with green active and blue standing by.
func promoted(t *testing.T) *story {
	return begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready)).roles(Standby, Active)
}

func TestPromoteMovesEverything(t *testing.T) {
	s := waiting(t)
	r := s.command("promote")
	if r.Message != "green gets all of shop" || r.Generation != s.state.Generation {
		t.Errorf("reply is %+v at generation %d", r, s.state.Generation)
	}
	s.roles(Standby, Active).serves("web: 100 green-web").told("promote 0/100 ann")
}

func TestCanaryGivesTheCandidateItsShare(t *testing.T) {
	s := waiting(t).run("canary 10").serves("web: 90 blue-web, 10 green-web").told("canary 90/10 ann")
	s.run("canary 100").serves("web: 100 green-web").roles(Active, Candidate).told("canary 0/100 ann")
	s.run("canary 0").serves("web: 100 blue-web").told("canary 100/0 ann")
	s.run("canary 0").told("canary 0/100 ann", "canary 100/0 ann")
	s.run("promote").roles(Standby, Active)
}

func TestCanaryHoldsAutomationBack(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Starting)).run("canary 0")
	s.settle(blue("web", Ready), green("web", Ready)).roles(Active, Candidate).run("canary 100").after(Settle).roles(Active, Candidate)
	s.settle(blue("web", Ready), green("web@v2", Ready)).roles(Standby, Active)
}

func TestRefusalsSayWhyAndChangeNothing(t *testing.T) {
	first := func(t *testing.T) *story { return begin(t).settle(blue("web", Ready)) }
	for _, test := range []struct {
		name   string
		story  func(*testing.T) *story
		line   string
		reason string
	}{
		{"nothing is ready", func(t *testing.T) *story { return begin(t).see(blue("web", Starting)) }, "promote", "no color of shop is ready yet: blue: container blue-web is starting"},
		{"nothing has settled", func(t *testing.T) *story { return begin(t).see(blue("web", Ready)) }, "canary 5", "has not been the same for 1s yet"},
		{"no candidate", first, "promote", "nothing of green was seen; bring up green first"},
		{"no candidate for a share", first, "canary 10", "shop has no candidate"},
		{"no candidate for no share", first, "canary 0", "shop has no candidate"},
		{"nothing to go back to", first, "rollback", "only blue was ever seen"},
		{"too little", waiting, "canary -1", "-1% is not between 0 and 100"},
		{"too much", waiting, "canary 101", "101% is not between 0 and 100"},
		{"an unknown verb", waiting, "explode", `"explode" is nothing that bg can do`},
		{"a standby is no candidate", promoted, "promote", "blue is its standby; bg rollback shop goes back to it"},
		{"nor for a share", promoted, "canary 10", "blue is its standby"},
		{"nor forced", promoted, "canary 10 --force", "blue is its standby"},
		{"the candidate is not ready", func(t *testing.T) *story {
			return first(t).see(blue("web", Ready), green("web", Starting, detail("health: starting")))
		}, "promote", "green of shop is not ready: container green-web is starting (health: starting)"},
		{"the standby is not ready", func(t *testing.T) *story {
			return promoted(t).see(blue("web", Exited), green("web", Ready))
		}, "rollback", "blue of shop is not ready to go back to: container blue-web is exited"},
		{"the standby is gone", func(t *testing.T) *story {
			return promoted(t).see(green("web", Ready))
		}, "rollback", "its containers are gone"},
		{"a service of the standby is gone", func(t *testing.T) *story {
			s := begin(t).settle(blue("web", Ready), blue("api", Ready))
			return s.settle(append(s.seen, green("web", Ready))...).see(blue("web", Ready), green("web", Ready))
		}, "rollback", "no container of service api is left"},
		{"the standby is unknown", func(t *testing.T) *story {
			return promoted(t).see(blue("web", Unknown), green("web", Ready))
		}, "rollback", "container blue-web is unknown"},
		{"the candidate is unknown", func(t *testing.T) *story {
			return waiting(t).run("canary 10").see(blue("web", Ready), green("web", Unknown, manual))
		}, "canary 50", "container green-web is unknown"},
		{"the labels of the standby contradict each other", func(t *testing.T) *story {
			return promoted(t).settle(blue("web", Ready), blue("web/2", Ready, port(81)), green("web", Ready))
		}, "rollback", "the containers of service web define"},
		{"rolled back", func(t *testing.T) *story { return promoted(t).run("rollback") }, "rollback", "bg promote --force shop moves traffic there"},
	} {
		t.Run(test.name, func(t *testing.T) { test.story(t).refuses(test.line, test.reason) })
	}
}

func TestACommandForAnUnknownAppIsRefused(t *testing.T) {
	s := begin(t)
	s.refuses("promote", `there is no app "shop": no container is labeled bg.enable=true`)
	s.see(blue("web", Ready, of("api"))).refuses("promote", `there is no app "shop": bg sees api`)
}

func TestCommandsBeforeTheFirstLookAreRefused(t *testing.T) {
	s := waiting(t)
	next, plan := Decide(s.state, Input{Now: s.now, Commands: []Command{{ID: "7", App: "shop", Verb: Promote}}})
	if len(plan.Replies) != 1 || !strings.Contains(plan.Replies[0].Refusal, "has not seen Docker's containers yet") || plan.Routing != nil {
		t.Errorf("plan is %+v", plan)
	}
	if dump(next) != dump(s.state) {
		t.Errorf("the state changed to %s", dump(next))
	}
}

func TestRollbackGoesBackAndLatches(t *testing.T) {
	s := promoted(t).run("rollback").roles(Active, Demoted).serves("web: 100 blue-web").told("rollback 100/0 ann")
	s.after(Settle).roles(Active, Demoted)
	s.refuses("promote", "green of shop was demoted at 2026-11-23T12:00:02Z (bg rollback): release new containers, or use --force")
	s.run("rollback --force").roles(Demoted, Active)
	s.run("promote --force").roles(Active, Standby).told("rollback 0/100 ann", "promote 100/0 ann")
	if got := s.app().Blue.Cause; got != "bg promote --force" {
		t.Errorf("cause is %q", got)
	}
}

func TestRollbackLatchesWhatWasStillStartingToo(t *testing.T) {
	s := promoted(t).see(blue("web", Ready), green("web", Ready), green("web/2", Starting)).run("rollback")
	s.settle(blue("web", Ready), green("web/2", Ready)).roles(Active, Demoted)
}

func TestRollbackHoldsACandidateBack(t *testing.T) {
	s := waiting(t).run("canary 30").run("rollback").serves("web: 100 blue-web").roles(Active, Demoted).told("rollback 100/0 ann")
	s.run("promote --force").roles(Standby, Active)
}

func TestACandidateHeldBackBeforeItWasReadyCanBeForcedLater(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Starting)).run("rollback").roles(Active, Demoted)
	s.settle(blue("web", Ready), green("web", Ready)).roles(Active, Demoted).run("promote --force").roles(Standby, Active)
}

func TestARollbackBeatsThePromotionOfTheSameInstant(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Ready))
	s.now = s.now.Add(Settle)
	s.run("rollback").roles(Active, Demoted).serves("web: 100 blue-web").told("ready 100/0 bg", "rollback 100/0 ann")
}

func TestNothingGoesBackToAnActiveColorThatIsNotReady(t *testing.T) {
	begin := func(t *testing.T) *story {
		s := begin(t).settle(blue("web", Ready), blue("api", Ready))
		s.settle(append(s.seen, green("web", Ready, manual), green("api", Ready, manual))...).run("canary 40")
		return s.see(blue("web", Ready), blue("api", Exited), green("web", Unknown, manual), green("api", Unknown, manual))
	}
	for _, line := range []string{"canary 0", "canary 10", "rollback"} {
		t.Run(line, func(t *testing.T) {
			begin(t).refuses(line, "blue of shop is not ready to take traffic back: container blue-api is exited")
		})
	}
}

func TestSeveralCommandsAreTakenInTurn(t *testing.T) {
	s := waiting(t)
	plan := s.decide(Input{Commands: []Command{
		{ID: "1", App: "shop", Verb: Canary, Percent: 10, Actor: "ann"},
		{ID: "2", App: "shop", Verb: Promote, Actor: "bob"},
		{ID: "3", App: "shop", Verb: Promote, Actor: "eve"},
	}})
	s.told("canary 90/10 ann", "promote 0/100 bob")
	if r := plan.Replies; len(r) != 3 || r[0].Refusal != "" || r[1].Refusal != "" || r[2].Refusal == "" {
		t.Errorf("replies are %+v", r)
	}
	if plan.Routing == nil || plan.Routing.Generation != 2 {
		t.Errorf("routing is %+v", plan.Routing)
	}
}
