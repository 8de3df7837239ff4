package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

// withHook is an app with release b on green, one of whose hooks hangs.
func withHook(t *testing.T, kind labels.Hook) *story {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"one": true}
	return s.ship("b", service("web"), job("one", kind), job("two", kind))
}

func TestAHookThatFailsBeforeAnyTrafficLeavesUsersAlone(t *testing.T) {
	for kind, want := range map[labels.Hook]Outcome{labels.HookExpand: Failed, labels.HookSmoke: TakenBack} {
		t.Run(string(kind), func(t *testing.T) {
			s := live(begin(t))
			s.stage.codes = map[string]int{"one": 3}
			s.ship("b", service("web"), job("one", kind), job("two", kind))
			s.ended(want, "hook one (container green-one@b) exited with code 3").roles(Active, Demoted).serves("web: 100 blue-web@a")
			s.is("green-two@b", Created)
			if s.condition("green-web@b") == Ready {
				t.Error("green still runs")
			}
		})
	}
}

func TestAHookThatHangsIsStoppedAtItsDeadline(t *testing.T) {
	for kind, want := range map[labels.Hook]Outcome{labels.HookExpand: Failed, labels.HookSmoke: TakenBack, labels.HookPromoted: TakenBack} {
		t.Run(string(kind), func(t *testing.T) {
			s := withHook(t, kind).waits("hook one runs").pass(10 * time.Minute)
			s.ended(want, "hook one (container green-one@b) did not end within 10m0s").is("green-one@b", Exited).is("green-two@b", Created)
			s.roles(Active, Demoted).serves("web: 100 blue-web@a")
		})
	}
}

func TestAHookThatCannotBeStartedEndsTheRelease(t *testing.T) {
	s := live(begin(t)).create("b", service("web"), job("one", labels.HookExpand))
	s.failures = map[string]string{"green-one@b": "exec: not found"}
	s.proceed().ended(Failed, "hook one (container green-one@b) could not be started: exec: not found")
}

func TestAHookThatDockerKeepsRestartingIsWaitedForAndThenStopped(t *testing.T) {
	s := withHook(t, labels.HookExpand).turn("green-one@b", Restarting, detail("restarting after exit code 1"))
	s.at(Expand).pass(10*time.Minute).ended(Failed, "Docker starts it again and again (restarting after exit code 1)").is("green-one@b", Exited)
}

func TestAHookThatEndedWellIsDoneEvenIfItIsStartedAgain(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"two": true}
	s.ship("b", service("web"), job("one", labels.HookExpand), job("two", labels.HookExpand)).at(Expand)
	s.turn("green-one@b", Restarting).turn("green-one@b", Exited, code(1)).at(Expand).waits("hook two runs")
	s.turn("green-two@b", Exited).at(Soak)
}

func TestAHookThatIsRemovedBeforeItsEndHasFailed(t *testing.T) {
	s := withHook(t, labels.HookExpand)
	s.see(s.seen[0], s.seen[1], s.seen[3]).ended(Failed, "was removed before it was seen to end")
	s = live(begin(t)).create("b", service("web"), job("one", labels.HookExpand))
	s.seen[2].Condition = Exited // dead, or being removed: it never ran
	s.proceed().ended(Failed, "was removed before it ran")
}

func TestAHookOutOfSightIsNeitherPassedNorFailedNorStopped(t *testing.T) {
	s := withHook(t, labels.HookExpand).turn("green-one@b", Unknown).pass(20*time.Minute).at(Expand).is("green-one@b", Unknown)
	s.turn("green-one@b", Exited).at(Soak)
}

func TestAHookHasItsTimeWhileDockerIsSilentOrTheClockJumps(t *testing.T) {
	s := withHook(t, labels.HookExpand)
	s.blind = true
	s.pass(20 * time.Minute).at(Expand)
	s.blind = false
	s.after(time.Hour).after(-time.Hour).after(7 * 24 * time.Hour).at(Expand)
	s.failures = map[string]string{"green-one@b": "no answer"}
	s.at(Expand).pass(10*time.Minute).ended(Failed, "did not end within 10m0s")
}

func TestAFailureToStartThatAnUnansweredLookCameWithIsNoFailure(t *testing.T) {
	s := live(begin(t)).create("b", service("web"), job("one", labels.HookExpand))
	s.blind, s.failures = true, map[string]string{"green-one@b": "start: time is up"}
	s.proceed().at(Expand)
	s.blind, s.failures = false, nil
	s.after(time.Second).play().at(Soak)
}

func TestThePromotedHookRunsOnceAllUsersHaveIt(t *testing.T) {
	s := live(begin(t))
	s.unready = true
	s.ship("b", service("web"), job("warm", labels.HookPromoted)).at(Verify).acted().waits("the proxy is to serve it")
	s.decide(Input{Confirmed: s.state.Generation})
	s.play().at(Soak).acted("start green-warm@b")
}

func TestAPromotedHookThatFailsTakesTheTrafficBack(t *testing.T) {
	s := live(begin(t))
	s.stage.codes = map[string]int{"warm": 1}
	s.ship("b", service("web"), job("warm", labels.HookPromoted), job("sorry", labels.HookDemoted))
	s.ended(TakenBack, "exited with code 1").roles(Active, Demoted).serves("web: 100 blue-web@a")
	s.acted("start green-warm@b", "start green-sorry@b").is("green-web@b", Ready) // it had users: what explains it stays
}

func TestADemotedHookThatHangsIsStoppedAndNoted(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"sorry": true}
	s.ship("b", service("web", manual), job("sorry", labels.HookDemoted)).at(Traffic).run("rollback").play()
	s.ended(TakenBack, "bg rollback").is("green-sorry@b", Unchecked)
	s.pass(10*time.Minute).is("green-sorry@b", Exited).noted(Fell, "after the demotion: hook sorry")
	s.pass(time.Minute).acted("start green-sorry@b", "stop green-sorry@b")
}

func TestTheDemotedHookRunsForNoOtherOutcome(t *testing.T) {
	s := live(begin(t)).create("b", service("web"), job("sorry", labels.HookDemoted)).run("unlock").play().ended(Failed, "").acted()
	s.ship("c", service("web"), job("sorry", labels.HookDemoted)).pass(6*time.Minute).ended(Done, "").is("green-sorry@c", Created)
}

func code(n int) func(*Container) { return func(c *Container) { c.Code = n } }

func TestAnActionOfAReleaseThatACommandEndsIsNotWantedAnyMore(t *testing.T) {
	s := live(begin(t)).create("b", service("web"), job("one", labels.HookExpand)).run("proceed release=2-bbbbbbbb containers=2").at(Expand)
	if len(s.plan.Actions) != 1 {
		t.Fatalf("actions are %v", s.plan.Actions)
	}
	if s.run("rollback"); len(s.plan.Actions) > 0 {
		t.Errorf("actions are %v", s.plan.Actions)
	}
}
