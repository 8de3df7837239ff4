package rollout

import (
	"testing"
	"time"
)

func TestSmokeTestsGoToEveryContainerAndThroughTheProxyOnce(t *testing.T) {
	s := live(begin(t))
	s.stage.silent = true
	both := []func(*Container){smoke("home", "direct"), smoke("front", "proxy")}
	s.ship("b", service("web", both...), service("web/2", both...)).at(Smoke).waits("smoke tests run")
	if a := s.plan.Actions; len(a) != 1 || len(a[0].Tests) != 2 || a[0].Tests[0].Address == "" || a[0].Tests[0].Port != 80 || a[0].Tests[0].Scheme != "http" {
		t.Fatalf("actions are %+v", a)
	}
	s.decide(Input{Verdicts: []Verdict{{Key: "of another time", Fault: "500"}}})
	s.at(Smoke).decide(Input{Verdicts: []Verdict{{Key: s.plan.Actions[0].Key}}})
	if a := s.at(Verify).plan.Actions; len(a) != 1 || len(a[0].Tests) != 1 || a[0].Tests[0].Router == "" || a[0].Tests[0].Address != "" {
		t.Fatalf("actions are %+v", a)
	}
	s.pass(20 * time.Minute).at(Verify).decide(Input{Verdicts: []Verdict{{Key: s.plan.Actions[0].Key}}})
	s.at(Soak)
}

func TestASmokeTestThatFailsMovesNoTraffic(t *testing.T) {
	s := live(begin(t))
	s.stage.faults = map[string]string{"home": "smoke test home: status 500"}
	s.ship("b", service("web", smoke("home", "direct"))).ended(TakenBack, "smoke test home: status 500")
	s.roles(Active, Demoted).serves("web: 100 blue-web@a").is("green-web@b", Exited).told("demote 100/0 bg", "end 100/0 bg")
}

func TestAProxySmokeTestThatFailsTakesTheTrafficBack(t *testing.T) {
	s := live(begin(t))
	s.stage.faults = map[string]string{"front": "smoke test front: status 502"}
	s.ship("b", service("web", smoke("front", "proxy"))).ended(TakenBack, "smoke test front: status 502")
	s.roles(Active, Demoted).serves("web: 100 blue-web@a").is("green-web@b", Ready)
	s.told("promote 0/100 bg", "step 0/100 bg", "demote 100/0 bg", "end 100/0 bg")
	if !s.release().Live {
		t.Error("it was live")
	}
}

func TestAProxySmokeTestThatFailsWithNothingToGoBackToLeavesUsersWhereTheyAre(t *testing.T) {
	s := begin(t)
	s.stage.faults = map[string]string{"front": "status 502"}
	s.ship("a", service("web", smoke("front", "proxy"))).ended(TakenBack, "status 502").roles(Active, "").serves("web: 100 blue-web@a")
	s.pass(time.Minute).is("blue-web@a", Ready)
}

func TestAContainerOutOfSightIsNotSmokeTested(t *testing.T) {
	s := live(begin(t))
	s.stage.silent = true
	s.ship("b", service("web", smoke("home", "direct")), service("web/2", smoke("home", "direct"))).at(Smoke)
	s.turn("green-web/2@b", Unknown)
	if a := s.plan.Actions; len(a) != 1 || len(a[0].Tests) != 1 || a[0].Tests[0].Container != "green-web@b" {
		t.Fatalf("actions are %+v", a)
	}
	if s.turn("green-web@b", Unknown).at(Smoke); len(s.plan.Actions) > 0 {
		t.Fatalf("actions are %+v", s.plan.Actions)
	}
	s.pass(20 * time.Minute).at(Smoke)
	s.stage.silent = false
	s.turn("green-web@b", Ready).at(Soak)
}

func TestPromoteBeforeTheSmokeTestsPassedNeedsForce(t *testing.T) {
	s := live(begin(t))
	s.stage.silent = true
	s.ship("b", service("web", smoke("home", "direct"))).at(Smoke)
	s.refuses("promote", "green of shop is not tested yet: its release is at smoke (smoke tests run)").refuses("canary 10", "not tested yet")
	s.run("promote --force").at(Smoke).roles(Standby, Active).serves("web: 100 green-web@b")
	s.stage.silent, s.stage.faults = false, map[string]string{"home": "status 500"}
	s.play().ended(TakenBack, "status 500").roles(Active, Demoted).is("green-web@b", Ready)
	s.pass(10*time.Second).is("green-web@b", Exited) // drained first
}
