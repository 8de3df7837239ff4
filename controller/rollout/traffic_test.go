package rollout

import (
	"testing"
	"time"
)

// climbing is an app with release b at the first step of its canary.
func climbing(t *testing.T) *story {
	return live(begin(t)).ship("b", service("web", ladder(time.Minute, 5, 25, 50))).at(Traffic).serves("web: 95 blue-web@a, 5 green-web@b")
}

func TestACanaryClimbsWithEachHealthyInterval(t *testing.T) {
	s := climbing(t).told("canary 95/5 bg", "step 95/5 bg").waits("green has 5%")
	s.pass(55 * time.Second).serves("web: 95 blue-web@a, 5 green-web@b").pass(tick).serves("web: 75 blue-web@a, 25 green-web@b").told("canary 75/25 bg")
	s.pass(time.Minute).serves("web: 50 blue-web@a, 50 green-web@b").pass(time.Minute).at(Soak).serves("web: 100 green-web@b")
}

func TestACanaryStopsClimbingWhileItIsUnhealthy(t *testing.T) {
	s := climbing(t).pass(30 * time.Second)
	s.turn("green-web@b", Unknown).pass(20 * time.Minute).serves("web: 95 blue-web@a, 5 green-web@b").at(Traffic)
	s.turn("green-web@b", Ready).pass(25 * time.Second).serves("web: 95 blue-web@a, 5 green-web@b").pass(2 * tick).serves("web: 75 blue-web@a, 25 green-web@b")
}

func TestACanaryStopsClimbingWhileItsShareIsNotConfirmed(t *testing.T) {
	s := climbing(t).pass(55 * time.Second)
	s.unready = true
	s.pass(tick).serves("web: 75 blue-web@a, 25 green-web@b").pass(20 * time.Minute).serves("web: 75 blue-web@a, 25 green-web@b")
	s.decide(Input{Confirmed: s.state.Generation})
	s.pass(55 * time.Second).serves("web: 75 blue-web@a, 25 green-web@b").pass(tick).serves("web: 50 blue-web@a, 50 green-web@b")
}

func TestACanaryThatFallsInTheMiddleLosesItsShare(t *testing.T) {
	s := climbing(t).pass(time.Minute).turn("green-web@b", Exited, code(1)).ended(TakenBack, "container green-web@b is exited")
	s.roles(Active, Demoted).serves("web: 100 blue-web@a").told("demote 100/0 bg", "end 100/0 bg")
	s.turn("green-web@b", Ready).pass(20*time.Minute).roles(Active, Demoted)
}

func TestAnOperatorsCanaryHoldsTheLadderUntilPromote(t *testing.T) {
	s := climbing(t).run("canary 10").pass(20 * time.Minute).serves("web: 90 blue-web@a, 10 green-web@b").waits("green is held at 10%")
	s.run("promote --full").play().at(Soak).serves("web: 100 green-web@b")
}

func TestAnOperatorMayPromoteOrGoBackAtAnyStepOfTheCanary(t *testing.T) {
	climbing(t).run("promote --full").play().at(Soak)
	s := climbing(t).run("rollback").play().ended(TakenBack, "bg rollback").roles(Active, Demoted).told("rollback 100/0 ann", "end 100/0 bg")
	s.is("green-web@b", Ready)
	if s.app().Held || s.app().Weight != 0 {
		t.Errorf("held %v at %d%%", s.app().Held, s.app().Weight)
	}
}

func TestPromoteGoesUpOneStepAndFullSkipsWhatIsLeft(t *testing.T) {
	s := climbing(t).run("promote").serves("web: 75 blue-web@a, 25 green-web@b").told("canary 75/25 ann")
	s.pass(55 * time.Second).serves("web: 75 blue-web@a, 25 green-web@b").pass(tick).serves("web: 50 blue-web@a, 50 green-web@b")
	s.run("promote").play().at(Soak).noted(Promoted, "bg promote")

	s = climbing(t).run("canary 10").run("promote").serves("web: 75 blue-web@a, 25 green-web@b")
	s.pass(2 * time.Minute).play().at(Soak)

	s = live(begin(t)).ship("b", service("web", manual, ladder(time.Minute, 10, 50))).at(Traffic).pass(time.Hour).run("promote")
	s.serves("web: 90 blue-web@a, 10 green-web@b").pass(time.Hour).serves("web: 90 blue-web@a, 10 green-web@b")
	s.run("promote").run("promote").play().at(Soak)
}

func TestAPausedCanaryKeepsItsShareUntilItIsResumed(t *testing.T) {
	s := climbing(t).refuses("resume", "shop does not wait").pass(30 * time.Second).run("pause").told("pause 95/5 ann")
	s.refuses("pause", "bg resume shop lets it go on").waits("green is held at 5%").pass(time.Hour).serves("web: 95 blue-web@a, 5 green-web@b")
	s.run("resume").told("resume 95/5 ann").pass(25 * time.Second).serves("web: 95 blue-web@a, 5 green-web@b")
	s.pass(tick).serves("web: 75 blue-web@a, 25 green-web@b")
	s.run("pause").turn("green-web@b", Exited, code(1)).ended(TakenBack, "is exited").serves("web: 100 blue-web@a")
	s.refuses("pause", "no release of shop is under way")
	s.ship("c", service("web", ladder(time.Minute, 10))).serves("web: 90 blue-web@a, 10 green-web@c").pass(time.Minute).at(Soak)
}

func TestAPausedSoakKeepsTheOldColor(t *testing.T) {
	s := soaking(t).pass(4*time.Minute).run("pause").waits("until bg resume").pass(time.Hour).at(Soak).is("blue-web@a", Ready)
	s.run("resume").pass(time.Minute-tick).at(Soak).pass(2*tick).ended(Done, "")
}

func TestAStepThatTheProxyRefusesIsTakenBackAndHeld(t *testing.T) {
	s := climbing(t).pass(55 * time.Second)
	s.unready = true
	s.pass(tick).serves("web: 75 blue-web@a, 25 green-web@b").decide(Input{Refused: s.state.Generation, Reason: "bad rule"})
	s.serves("web: 95 blue-web@a, 5 green-web@b").told("abort 95/5 bg").at(Traffic).waits("green is held at 5%")
	s.unready = false
	s.decide(Input{Confirmed: s.state.Generation})
	s.pass(20 * time.Minute).serves("web: 95 blue-web@a, 5 green-web@b").run("promote --full").play().at(Soak)
}

func TestAPromotionThatTheProxyRefusesEndsTheRelease(t *testing.T) {
	s := live(begin(t))
	s.unready = true
	s.ship("b", service("web")).at(Verify).decide(Input{Refused: s.state.Generation, Reason: "bad rule"})
	s.ended(TakenBack, "was not taken over: bad rule").roles(Active, Demoted).serves("web: 100 blue-web@a")
	if s.app().Held {
		t.Error("the next release would wait for an operator")
	}
	s.unready = false
	s.decide(Input{Confirmed: s.state.Generation})
	s.ship("c", service("web")).at(Soak)
}

func TestAManualReleaseWaitsForAnOperatorForever(t *testing.T) {
	s := live(begin(t)).ship("b", service("web", manual)).at(Traffic).waits("bg promote, or bg canary PERCENT")
	s.pass(40 * time.Minute).at(Traffic).run("promote").play().at(Soak)
}

func TestARollbackEndsAReleaseAtEveryStep(t *testing.T) {
	for name, to := range map[Step]func(*story){
		Clear: func(s *story) {
			s.ship("x", service("web")).at(Soak).pass(6 * time.Minute)
			s.stage.busy = true
			s.turn("blue-web@a", Ready).run("begin digest=bbbbbbbb")
		},
		Prepare: func(s *story) { s.create("b", service("web")) },
		Expand: func(s *story) {
			s.stage.hangs = map[string]bool{"one": true}
			s.ship("b", service("web"), job("one", "expand"))
		},
		Start:   func(s *story) { s.stage.gone = true; s.ship("b", service("web")) },
		Smoke:   func(s *story) { s.stage.silent = true; s.ship("b", service("web", smoke("home", "direct"))) },
		Traffic: func(s *story) { s.ship("b", service("web", manual)) },
		Verify:  func(s *story) { s.stage.silent = true; s.ship("b", service("web", smoke("home", "proxy"))) },
		Soak:    func(s *story) { s.ship("b", service("web")) },
	} {
		t.Run(string(name), func(t *testing.T) {
			s := live(begin(t))
			to(s)
			users := s.at(name).app().Active
			if name == Verify || name == Soak {
				users = users.Other()
			}
			s.stage.busy = false
			s.run("rollback").pass(time.Minute)
			if r := s.release(); r.Outcome != Failed && r.Outcome != TakenBack || s.app().Active != users || s.app().Weight > 0 {
				t.Fatalf("the release is %+v, active is %s", r, s.app().Active)
			}
			for _, c := range s.seen {
				if c.Spec.Hook != "" && c.runs() && c.Condition != Created {
					t.Errorf("hook %s still runs", c.Name)
				}
			}
			s.noted(RolledBack, "bg rollback")
			s.stage = stage{}
			s.ship("n", service("web")).at(Soak)
		})
	}
}

func TestAReleaseThatIsUnfitForTooLongTimesOut(t *testing.T) {
	s := begin(t)
	s.stage.silent = true
	s.ship("a", service("web", smoke("home", "direct"))).at(Smoke).turn("blue-web@a", Exited).at(Smoke)
	s.pass(10*time.Minute).ended(TimedOut, "not ready within 10m0s: container blue-web@a is exited")
}

func TestAReleaseTakesOverAtOnceWhenTheOldColorDies(t *testing.T) {
	s := live(begin(t))
	s.stage.silent = true
	s.ship("b", service("web", smoke("home", "direct"))).at(Smoke)
	s.turn("blue-web@a", Exited).at(Smoke).roles(Demoted, Active).serves("web: 100 green-web@b")
	s.stage.silent = false
	s.play().at(Soak).pass(6*time.Minute).ended(Done, "").roles(Retired, Active)
}

// Attack 26 of the bar: replayed command: idempotent.
func TestAPromotionThatIsSentTwiceGoesOneStep(t *testing.T) {
	s := climbing(t).run("promote from=5").serves("web: 75 blue-web@a, 25 green-web@b")
	s.refuses("promote from=5", "green of shop has 25% by now, not the 5%").serves("web: 75 blue-web@a, 25 green-web@b")
	s.run("promote from=25").serves("web: 50 blue-web@a, 50 green-web@b").run("promote from=50").play().at(Soak)
	s.refuses("promote from=50", "blue is its standby")
}
