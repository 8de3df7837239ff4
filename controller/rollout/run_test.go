package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

func TestTheFirstReleaseGoesLive(t *testing.T) {
	s := begin(t).ship("a", service("web"))
	s.ended(Done, "all users have blue").roles(Active, "").serves("web: 100 blue-web@a")
	if r := s.release(); r.ID != "1-aaaaaaaa" || !r.Live || r.Step != Contract {
		t.Errorf("the release is %+v", r)
	}
}

func TestASecondReleasePassesEveryStepInOrder(t *testing.T) {
	s := live(begin(t))
	s.create("b", service("web", smoke("home", "direct"), smoke("front", "proxy")), job("migrate", labels.HookExpand),
		job("probe", labels.HookSmoke), job("warm", labels.HookPromoted), job("cleanup", labels.HookContract), job("sorry", labels.HookDemoted))
	s.proceed().at(Soak).acted("start green-migrate@b", "start green-probe@b", "start green-warm@b")
	s.roles(Standby, Active).serves("web: 100 green-web@b").is("blue-web@a", Ready)
	s.pass(5*time.Minute+tick).ended(Done, "").acted("stop blue-web@a", "start green-cleanup@b").roles(Retired, Active)
	var steps []string
	for _, e := range s.events {
		if e.Release == "2-bbbbbbbb" && e.Change == Stepped {
			steps = append(steps, e.Cause)
		}
	}
	for _, step := range []Step{Prepare, Expand, Start, Smoke, Verify, Soak} {
		s.noted(Stepped, string(step)+":")
	}
	if len(steps) != 8 { // with retire, contract
		t.Errorf("steps are %q", steps)
	}
}

func TestHooksOfAKindRunOneAfterTheOtherByService(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"b1": true}
	s.ship("b", service("web"), job("b1", labels.HookExpand), job("a1", labels.HookExpand), job("c1", labels.HookExpand))
	s.at(Expand).acted("start green-a1@b", "start green-b1@b").waits("hook b1 runs")
	s.turn("green-b1@b", Exited).at(Soak).acted("start green-c1@b")
}

func TestAReleaseThatBringsNothingNewIsDoneAtOnce(t *testing.T) {
	s := live(begin(t))
	r := s.command("begin digest=aaaaaaaa")
	if r.Refusal != "" || r.Run == nil || r.Run.Outcome != Done || r.Run.ID != "1-aaaaaaaa" || !r.Run.Live {
		t.Errorf("reply is %+v", r)
	}
	if s.release().ID != "1-aaaaaaaa" || s.app().Serial != 1 {
		t.Errorf("a release began: %+v", s.release())
	}
	s.run("begin digest=aaaaaaaa --force").at(Prepare)
	if s.release().ID != "2-aaaaaaaa" {
		t.Errorf("the release is %+v", s.release())
	}
}

func TestTheSameReleaseAgainGoesOnWhereItStands(t *testing.T) {
	s := live(begin(t)).create("b", service("web", manual))
	for _, step := range []Step{Prepare, Traffic} {
		s.at(step)
		if r := s.command("begin digest=bbbbbbbb"); r.Run == nil || r.Run.ID != "2-bbbbbbbb" || r.Run.Step != step {
			t.Errorf("at %s the reply is %+v", step, r)
		}
		if step == Prepare {
			s.proceed()
		}
	}
	s.run("promote").at(Soak)
	if r := s.command("begin digest=bbbbbbbb"); r.Run == nil || !r.Run.Live {
		t.Errorf("in soak the reply is %+v", r)
	}
}

func TestAnotherReleaseIsRefusedAndToldWhoSinceWhenAndWhere(t *testing.T) {
	s := live(begin(t)).run("begin digest=bbbbbbbb by=eve").at(Prepare)
	for _, text := range []string{"release 2-bbbbbbbb of shop is under way", "begun by eve at 2026-11-23T12:00", "now at prepare (bg deploy creates the containers)", "bg unlock shop"} {
		s.refuses("begin digest=cccccccc", text)
	}
	s.refuses("begin", "a release needs the digest")
}

func TestALockKeepsNewReleasesAwayButNotTheOneUnderWay(t *testing.T) {
	s := live(begin(t)).run("lock message=holidays").noted(Locked, "holidays")
	s.refuses("begin digest=bbbbbbbb", "shop is locked by ann since 2026-11-23T12:00").refuses("begin digest=bbbbbbbb", "(holidays)")
	s.refuses("lock by=eve", "is locked by ann")
	s.run("unlock").noted(Unlocked, "bg unlock").refuses("unlock", "is not locked")
	s.run("begin digest=bbbbbbbb").run("lock").run("begin digest=bbbbbbbb").at(Prepare)
}

func TestAnAppCanBeLockedBeforeItIsKnown(t *testing.T) {
	s := begin(t).run("lock").after(2 * ForgetAfter)
	s.refuses("begin digest=aaaaaaaa", "is locked").run("unlock").refuses("unlock", "there is no app")
}

func TestUnlockEndsAReleaseThatHasNoUsersYet(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"web": true}
	s.ship("b", service("web")).at(Start).run("unlock").play().ended(Failed, "bg unlock by ann")
	s.roles(Active, Demoted).is("green-web@b", Exited).serves("web: 100 blue-web@a")
	s.stage.hangs = nil
	s.ship("c", service("web", manual)).at(Traffic).refuses("unlock", "no release holds it")
}

func TestAClientThatGivesUpEndsItsRelease(t *testing.T) {
	s := live(begin(t)).create("b", service("web")).run("abort release=2-bbbbbbbb message=no_space_left").play()
	s.ended(Failed, "no_space_left").roles(Active, Demoted).acted()
	s.refuses("proceed release=2-bbbbbbbb", "is not under way: run bg deploy again").run("abort release=2-bbbbbbbb")
	s.refuses("abort release=9-x", "is not under way")
	s.ship("c", service("web", manual)).at(Traffic).refuses("abort release=3-cccccccc", "is at traffic already: bg rollback takes it back")
}

func TestAClientThatDiesBeforeItCreatedTheContainersHasHalfAnHour(t *testing.T) {
	s := live(begin(t)).run("begin digest=bbbbbbbb").at(Prepare)
	s.pass(patience-tick).at(Prepare).pass(tick).ended(Failed, "its client did not create the containers within 30m0s")
	s.run("begin digest=cccccccc").at(Prepare)
}

func TestAReleaseGoesOnWithoutItsClientOnceAllIsStarted(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"web": true}
	s.ship("b", service("web")).at(Start)
	s.stage.gone = true
	s.turn("green-web@b", Ready).at(Soak)
}

func TestAColorThatNeverGetsReadyTimesOutAndIsStopped(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"web": true}
	s.ship("b", service("web", detail("health: starting"))).at(Start).pass(10*time.Minute - tick).at(Start)
	s.pass(tick).ended(TimedOut, "not ready within 10m0s: container green-web@b is starting (health: starting)")
	s.is("green-web@b", Exited).roles(Active, Demoted).serves("web: 100 blue-web@a").acted("stop green-web@b")
}

func TestKeepLeavesTheContainersOfAReleaseThatFailed(t *testing.T) {
	s := live(begin(t)).run("begin digest=bbbbbbbb --keep")
	s.stage.hangs = map[string]bool{"web": true}
	s.ship("b", service("web")).at(Start).pass(10*time.Minute).ended(TimedOut, "").is("green-web@b", Starting).acted()
	s.ship("c", service("web")).acted("stop green-web@b")
}

func TestTheFirstReleaseThatFailsIsStoppedToo(t *testing.T) {
	s := begin(t)
	s.stage.hangs = map[string]bool{"web": true}
	s.ship("a", service("web")).pass(10*time.Minute).ended(TimedOut, "").is("blue-web@a", Exited).roles(Demoted, "")
	s.stage.hangs = nil
	s.ship("b", service("web")).ended(Done, "").serves("web: 100 blue-web@b")
}

func TestAReleaseThatFailedIsRememberedForItsClient(t *testing.T) {
	s := begin(t).run("begin digest=aaaaaaaa").run("abort release=1-aaaaaaaa message=no").ended(Failed, "no")
	s.after(ForgetAfter-1).ended(Failed, "no").after(1)
	if len(s.state.Apps) != 0 {
		t.Errorf("state is %s", dump(s.state))
	}
}

func TestForeignContainersInTheColorHoldAReleaseUp(t *testing.T) {
	s := live(begin(t)).create("b", service("web"))
	s.seen = append(s.seen, green("old", Ready))
	s.proceed().at(Start).waits("container green-old is not of release 2-bbbbbbbb: remove it")
	s.seen = s.seen[:len(s.seen)-1]
	s.after(Settle).play().after(Settle).play().at(Soak)
}

func TestContainersThatAreReplacedDuringTheirReleaseStartAnew(t *testing.T) {
	s := live(begin(t))
	s.stage.silent = true
	s.ship("b", service("web", smoke("home", "direct"))).at(Smoke)
	ours := func(c *Container) { c.Spec.Release = "2-bbbbbbbb" }
	s.see(s.seen[0], green("web@x", Starting, ours)).at(Start)
	s.see(s.seen[0], green("web@y", Starting)).ended("", "")
	if r := s.release(); r.ID != "" || r.Step != Start {
		t.Errorf("the release is %+v", r)
	}
	s.noted(Ended, "its containers were replaced by others")
}

func TestWhatAClientCreatesLateSharesTheFateOfItsRelease(t *testing.T) {
	s := live(begin(t)).create("b", service("web")).run("unlock").roles(Active, Demoted)
	late := service("api")(labels.Green, "b")
	late.Spec.Release, late.Condition = "2-bbbbbbbb", Ready
	s.seen = append(s.seen, late)
	s.settle(s.seen...).turn("green-web@b", Ready).after(Settle).roles(Active, Demoted).serves("web: 100 blue-web@a")
}

func TestAColorWithWhatIsLeftOfAReleaseIsClearedFirst(t *testing.T) {
	s := live(begin(t)).ship("b", service("web")).at(Soak)
	s.stage.busy = true
	s.run("begin digest=cccccccc").at(Clear).noted(Ended, "superseded at soak").roles(Retired, Active)
	s.pass(9 * time.Second)
	if s.pass(tick).at(Clear); len(s.plan.Actions) != 1 || s.plan.Actions[0].Container != "blue-web@a" {
		t.Fatalf("actions are %v", s.plan.Actions)
	}
	s.stage.busy = false
	s.play().at(Prepare).is("blue-web@a", Exited)
	s.create("c", service("web")).proceed().at(Soak).serves("web: 100 blue-web@c")
}

func TestAContainerThatNeverStopsEndsTheRelease(t *testing.T) {
	s := live(begin(t)).ship("b", service("web")).at(Soak)
	s.stage.busy = true
	s.run("begin digest=cccccccc").at(Clear).pass(patience+time.Minute).ended(Failed, "container blue-web@a is ready")
}

func TestAReleaseEndsWhenTheColorThatItIsToClearHasToTakeTheUsers(t *testing.T) {
	s := live(begin(t)).ship("b", service("web")).at(Soak).pass(6 * time.Minute)
	s.stage.busy = true // blue, which the next release is to clear, does not stop
	s.turn("blue-web@a", Ready).run("begin digest=cccccccc").at(Clear)
	s.settle(blue("web@a", Ready), blue("web@x", Ready), blue("api@x", Ready)).roles(Active, Demoted)
	s.ended(Failed, "blue had to take all users before it was cleared: run bg deploy again")
}
