package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

// apart fails the test as soon as both colors' workers run, bg having
// started the second.
func (s *story) apart(service string) *story {
	s.t.Helper()
	var up []string
	for _, c := range s.seen {
		if c.Spec.Service == service && c.runs() {
			up = append(up, string(c.Spec.Color))
		}
	}
	if len(up) > 1 {
		s.t.Fatalf("%s runs in %v", service, up)
	}
	return s
}

func TestTheFirstReleaseStartsItsExclusiveServicesLast(t *testing.T) {
	s := begin(t).ship("a", service("web"), worker("work")).ended(Done, "").acted("start blue-work@a").is("blue-work@a", Ready)
	s.roles(Active, "")
}

func TestExclusiveServicesAreHandedOverAndNeverRunTwice(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.stage.busy = true
	s.ship("b", service("web"), worker("work")).at(Handover).waits("container blue-work@a has not stopped").apart("work")
	s.pass(3 * time.Second).apart("work")
	s.stage.busy = false
	s.play().at(Soak).acted("stop blue-work@a", "start green-work@b").apart("work").is("blue-web@a", Ready)
	s.noted(HandedOver, "green runs the exclusive services, 0s after blue's had stopped")
	s.pass(6*time.Minute).ended(Done, "").apart("work")
}

func TestAnOldExclusiveServiceOutOfSightIsWaitedFor(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.stage.busy = true
	s.ship("b", service("web"), worker("work")).at(Handover).turn("blue-work@a", Unknown)
	s.stage.busy = false
	if s.pass(20 * time.Minute).at(Handover); len(s.plan.Actions) > 0 {
		t.Errorf("actions are %v", s.plan.Actions)
	}
	s.turn("blue-work@a", Exited).at(Soak)
}

func TestADemotionGivesTheExclusiveServicesBack(t *testing.T) {
	s := live(begin(t), service("web"), worker("work")).ship("b", service("web"), worker("work")).at(Soak)
	s.stage.acts = nil
	s.turn("green-web@b", Exited).ended(TakenBack, "").roles(Active, Demoted).acted("stop green-work@b", "start blue-work@a").apart("work")
	s.noted(HandedOver, "blue takes the exclusive services back").pass(20 * time.Minute).apart("work").acted()
	s.ship("c", service("web"), worker("work")).at(Soak).apart("work").is("green-work@c", Ready)
}

func TestARollbackGivesTheExclusiveServicesBack(t *testing.T) {
	s := live(begin(t), service("web"), worker("work")).ship("b", service("web"), worker("work")).run("rollback").play()
	s.is("blue-work@a", Ready).is("green-work@b", Exited).roles(Active, Demoted)
}

func TestANewExclusiveServiceThatNeverGetsReadyIsTakenBack(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.stage.hangs = map[string]bool{"work": true}
	s.ship("b", service("web"), worker("work")).at(Handover).waits("container green-work@b is starting").is("blue-work@a", Exited)
	s.pass(10*time.Minute).ended(TimedOut, "exclusive services were not handed over within 10m0s: container green-work@b is starting")
	s.is("green-work@b", Exited).apart("work").roles(Active, Demoted).serves("web: 100 blue-web@a")
	s.acted("stop blue-work@a", "start green-work@b", "stop green-work@b", "stop green-web@b", "start blue-work@a")
}

func TestAnExclusiveServiceThatCannotBeStartedIsTakenBack(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.failures = map[string]string{"green-work@b": "no such file"}
	s.ship("b", service("web"), worker("work")).ended(Failed, "container green-work@b could not be started: no such file")
	s.play().is("blue-work@a", Ready).apart("work")
}

func TestAFirstReleaseThatFailedInItsHandoverDoesNotSpoilTheNext(t *testing.T) {
	s := begin(t)
	s.stage.hangs = map[string]bool{"work": true}
	s.ship("a", service("web"), worker("work")).at(Handover).pass(10*time.Minute).ended(TimedOut, "")
	s.stage.hangs = nil
	s.ship("b", service("web"), worker("work")).ended(Done, "").is("blue-work@b", Ready)
}

func TestExclusiveServicesAreNotTakenFromTheOldColorByOneThatIsUnfit(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.stage.hangs = map[string]bool{"probe": true}
	s.ship("b", service("web"), worker("work"), job("probe", labels.HookSmoke)).at(Smoke)
	s.turn("green-web@b", Unknown).turn("green-probe@b", Exited).pass(20*time.Minute).is("blue-work@a", Ready)
	s.turn("green-web@b", Ready).at(Soak).is("blue-work@a", Exited)
}

// db is a service of SQLite: users reach it, and two of it may never run.
func db(change ...func(*Container)) part { return service("db", append(change, exclusive)...) }

func TestAnExclusiveServiceThatUsersReachSwitchesAtOnce(t *testing.T) {
	s := live(begin(t), db()).ship("b", db(ladder(time.Hour, 5))).at(Soak).serves("db: 100 green-db@b").apart("db")
	s.acted("stop blue-db@a", "start green-db@b").told("handover 100/0 bg", "promote 0/100 bg", "step 0/100 bg", "step 0/100 bg")
	s.turn("green-db@b", Exited, code(1)).roles(Active, Demoted).is("blue-db@a", Ready).serves("db: 100 blue-db@a").apart("db")
}

func TestAManualReleaseOfAnExclusiveServiceThatUsersReachIsNotHandedOverUnasked(t *testing.T) {
	s := live(begin(t), db()).ship("b", db(manual)).at(Handover).waits("bg promote: users move with the exclusive services")
	s.pass(20 * time.Minute).at(Handover).serves("db: 100 blue-db@a").run("promote").play().at(Soak).serves("db: 100 green-db@b").apart("db")
}

func TestAForcedPromotionTakesTheExclusiveServicesAlong(t *testing.T) {
	s := live(begin(t), service("web"), worker("work"))
	s.stage.silent = true
	s.ship("b", service("web", smoke("home", "direct")), worker("work")).at(Smoke).run("promote --force").play()
	s.roles(Standby, Active).is("green-work@b", Ready).is("blue-work@a", Exited).apart("work")
}
