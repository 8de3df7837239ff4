package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

// soaking is an app with release b live and a standing by.
func soaking(t *testing.T, change ...func(*Container)) *story {
	return live(begin(t), service("web", change...)).ship("b", service("web", change...)).at(Soak)
}

func TestTheOldColorIsKeptForItsSoakAndThenStopped(t *testing.T) {
	s := soaking(t).waits("blue stays warm").pass(5*time.Minute-tick).at(Soak).is("blue-web@a", Ready)
	s.pass(tick).ended(Done, "").is("blue-web@a", Exited).roles(Retired, Active).noted(Withdrawn, "blue is stopped: green has soaked")
}

func TestSoakCountsOnlyHealthyTime(t *testing.T) {
	s := soaking(t).pass(4*time.Minute).turn("blue-web@a", Exited).turn("green-web@b", Unhealthy).pass(20 * time.Minute).at(Soak)
	s.turn("green-web@b", Ready).turn("blue-web@a", Ready)
	s.pass(50*time.Second).at(Soak).pass(20*time.Second).ended(Done, "")
}

func TestSoakCountsNoTimeInWhichDockerIsSilentOrTheProxyUnconfirmed(t *testing.T) {
	s := soaking(t).pass(4 * time.Minute)
	s.blind = true
	s.pass(20 * time.Minute).at(Soak)
	s.blind = false
	s.pass(55*time.Second).at(Soak).pass(10*time.Second).ended(Done, "")
}

func TestAClockThatJumpsShortensNoSoak(t *testing.T) { // fault 25
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		s := soaking(t).pass(4*time.Minute).after(jump).at(Soak).pass(50*time.Second).at(Soak).pass(15*time.Second).ended(Done, "")
		if s.condition("blue-web@a") != Exited {
			t.Error("blue runs")
		}
	}
}

func TestTwentyRestartsDuringSoakShortenNothing(t *testing.T) { // fault 26
	s := soaking(t)
	for range 20 {
		s.pass(12 * time.Second)
		s.state, s.now = Resume(s.state), s.now.Add(time.Minute)
		s.decide(Input{})
	}
	if total := s.at(Soak).release().Healthy.Total; total != 20*10*time.Second {
		t.Errorf("counted %s", total)
	}
	s.pass(100*time.Second-tick).at(Soak).pass(tick).ended(Done, "")
}

func TestSevenDaysDownFlipNothingWithoutAFreshLook(t *testing.T) { // fault 27
	s := soaking(t).pass(time.Minute)
	s.state, s.now = Resume(s.state), s.now.Add(7*24*time.Hour)
	next, plan := Decide(s.state, Input{Now: s.now})
	if len(plan.Actions)+len(plan.Events) > 0 || plan.Routing != nil || dump(next) != dump(s.state) {
		t.Fatalf("plan is %+v", plan)
	}
	s.after(0).at(Soak).is("blue-web@a", Ready).pass(4*time.Minute-tick).at(Soak).pass(tick).ended(Done, "")
}

func TestAReleaseThatDiesInSoakIsTakenBack(t *testing.T) {
	s := soaking(t).pass(time.Minute).turn("green-web@b", Exited, code(137)).ended(TakenBack, "green fell: container green-web@b is exited")
	s.roles(Active, Demoted).serves("web: 100 blue-web@a").told("demote 100/0 bg", "end 100/0 bg")
	s.pass(20*time.Minute).is("blue-web@a", Ready).acted()
}

func TestARollbackInSoakEndsTheRelease(t *testing.T) {
	soaking(t).run("rollback").play().ended(TakenBack, "bg rollback").roles(Active, Demoted).told("rollback 100/0 ann", "end 100/0 bg")
}

func TestWithBothColorsDeadInSoakTheFirstOneBackHasTheUsers(t *testing.T) {
	for id, want := range map[string]Outcome{"green-web@b": "", "blue-web@a": TakenBack} {
		s := soaking(t).turn("blue-web@a", Exited).turn("green-web@b", Exited).at(Soak).pass(20 * time.Minute).at(Soak)
		if s.turn(id, Ready); s.release().Outcome != want {
			t.Errorf("with %s back the release is %+v", id, s.release())
		}
	}
}

func TestAnActiveColorReplacedInPlaceInSoakSoaksAnew(t *testing.T) {
	s := soaking(t).pass(4 * time.Minute)
	s.see(s.seen[0], green("web@x", Ready)).noted(Replaced, "").noted(Ended, "superseded at soak: its containers were replaced by others")
	s.at(Soak)
	if r := s.release(); r.ID != "" || r.Color != labels.Green {
		t.Errorf("the release is %+v", r)
	}
	s.pass(5*time.Minute-tick).is("blue-web@a", Ready).pass(tick).is("blue-web@a", Exited)
}

func TestANewReleaseInSoakDrainsTheOldStandbyBeforeItIsStopped(t *testing.T) {
	s := soaking(t).run("begin digest=cccccccc").play().at(Clear).is("blue-web@a", Ready).waits("what is left of blue drains and stops")
	s.pass(9*time.Second).is("blue-web@a", Ready).pass(time.Second).is("blue-web@a", Exited).at(Prepare)
}

func TestNothingIsStoppedBeforeItsDrainCountedFromTheConfirmation(t *testing.T) {
	drain := func(c *Container) { c.Spec.Soak, c.Spec.Drain = time.Second, time.Minute }
	s := live(begin(t), service("web", drain))
	s.unready = true
	s.ship("b", service("web", drain)).at(Verify).pass(20*time.Minute).is("blue-web@a", Ready)
	s.decide(Input{Confirmed: s.state.Generation})
	s.pass(55*time.Second).is("blue-web@a", Ready).at(Retire).waits("blue drains and stops").pass(tick).is("blue-web@a", Exited)
}

func TestAContainerOutOfSightIsNotStopped(t *testing.T) {
	s := soaking(t).turn("blue-web@a", Unknown).pass(20 * time.Minute)
	if s.at(Retire).roles(Retired, Active); len(s.plan.Actions) > 0 {
		t.Errorf("actions are %v", s.plan.Actions)
	}
	s.turn("blue-web@a", Ready).ended(Done, "").is("blue-web@a", Exited)
}

func TestAStandbyThatDoesNotStopEndsTheReleaseAllTheSame(t *testing.T) {
	s := soaking(t)
	s.failures = map[string]string{"blue-web@a": "permission denied"}
	s.pass(patience+6*time.Minute).ended(Failed, "all users have green, but blue did not stop within 30m0s: container blue-web@a is ready (permission denied)")
}

func TestKeepLeavesTheOldColorWarm(t *testing.T) {
	s := soaking(t, retire(labels.Keep)).pass(6*time.Minute).ended(Done, "").is("blue-web@a", Ready).roles(Standby, Active)
	s.run("rollback").roles(Active, Demoted).serves("web: 100 blue-web@a")
}

func TestRemoveStopsTheOldColorToo(t *testing.T) {
	soaking(t, retire(labels.Remove)).pass(6*time.Minute).ended(Done, "").is("blue-web@a", Exited).roles(Retired, Active)
}

func TestARetiredColorThatIsStartedByHandGetsNoUsersAndIsLeftAlone(t *testing.T) {
	s := soaking(t).pass(6*time.Minute).turn("blue-web@a", Ready).pass(20*time.Minute).roles(Retired, Active).is("blue-web@a", Ready)
	s.refuses("promote", "blue is stopped; bg rollback shop starts it again")
	s.turn("green-web@b", Exited).roles(Retired, Active).serves("web: 100")
}

func TestAStandbyThatRescuesIsDrainedFromTheMomentInWhichItDoesNotAnyMore(t *testing.T) {
	s := live(begin(t), service("web", failover)).ship("b", service("web", failover)).at(Soak)
	s.proxy = &Proxy{Failover: true}
	s.decide(Input{})
	if got := s.app().Route.Services[0].Rescue; got != labels.Blue {
		t.Fatalf("%q rescues", got)
	}
	s.pass(5*time.Minute).at(Retire).is("blue-web@a", Ready).serves("web: 100 green-web@b")
	s.pass(9*time.Second).is("blue-web@a", Ready).pass(time.Second).is("blue-web@a", Exited)
}

func failover(c *Container) { c.Spec.Failover = true }
