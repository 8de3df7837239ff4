package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

// What plain docker compose up starts is released through the same gates.

func TestWhatComposeAloneStartsIsSmokeTestedToo(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	s.stage.faults = map[string]string{"home": "status 500"}
	s.settle(blue("web", Ready), green("web", Ready, smoke("home", "direct"))).at(Smoke).serves("web: 100 blue-web")
	s.play().ended(TakenBack, "status 500").roles(Active, Demoted).serves("web: 100 blue-web")
	s.pass(20*time.Minute).is("green-web", Ready).acted() // not bg's to stop
}

func TestWhatComposeAloneStartsIsDemotedAtItsDeadlineAndLeftRunning(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Starting)).at(Start)
	s.pass(10*time.Minute).ended(TimedOut, "not ready within 10m0s").roles(Active, Demoted).is("green-web", Starting)
	s.turn("green-web", Ready).after(Settle).roles(Active, Demoted)
	s.settle(blue("web", Ready), green("web@v2", Ready)).roles(Standby, Active)
}

func TestTheFirstColorThatComposeAloneStartsMayTakeItsTime(t *testing.T) {
	s := begin(t).see(blue("web", Starting)).pass(40*time.Minute).at(Start).turn("blue-web", Ready).after(Settle)
	s.roles(Active, "").ended(Done, "")
}

func TestWhatComposeAloneStartsSoaksAndRetiresTheOldColor(t *testing.T) {
	s := promoted(t).at(Soak).pass(5*time.Minute+tick).ended(Done, "").is("blue-web", Exited).roles(Retired, Active)
	s.run("rollback").play().after(Settle).play().roles(Active, Standby).serves("web: 100 blue-web")
}

func TestWhatComposeAloneStartsClimbsItsLadder(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, ladder(time.Minute, 20))).serves("web: 80 blue-web, 20 green-web")
	s.pass(time.Minute).serves("web: 100 green-web")
}

func TestAHookThatComposeOnlyCreatedRunsToItsEnd(t *testing.T) {
	warm := func(c *Container) { unrouted(c); c.Spec.Hook = labels.HookPromoted }
	s := begin(t).settle(blue("web", Ready))
	s.stage.hangs = map[string]bool{"warm": true}
	s.settle(blue("web", Ready), green("web", Ready), green("warm", Created, warm)).play().at(Verify).waits("hook warm runs")
	s.turn("green-warm", Exited, code(2)).ended(TakenBack, "hook warm (container green-warm) exited with code 2").roles(Active, Demoted)
}

func TestADeployDuringAReleaseByComposeIsToldSo(t *testing.T) {
	s := waiting(t).refuses("begin digest=bbbbbbbb", "green, started without bg deploy, of shop is under way: begun by compose")
	s.run("rollback").run("begin digest=bbbbbbbb").at(Clear)
}

func TestOneReleaseByComposeWaitsForAnother(t *testing.T) {
	s := begin(t).settle(blue("web", Starting)).see(blue("web", Starting), green("web", Starting))
	s.settle(blue("web", Starting), green("web", Ready)).roles(Candidate, Active).at(Start)
	s.settle(blue("web", Ready), green("web", Ready)).roles(Active, Standby)
}

func TestAfterTheStateIsLostNothingThatRunsIsStopped(t *testing.T) {
	s := live(begin(t)).ship("b", service("web")).at(Soak)
	s.state = State{}
	for i, c := range s.seen {
		n := *c
		n.Condition = Starting
		s.seen[i] = &n
	}
	s.decide(Input{})
	s.pass(20 * time.Minute).acted()
}

func TestAReleaseByComposeDoesNotDisturbAContractHook(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"drop": true}
	s.ship("b", service("web"), job("drop", labels.HookContract)).pass(6 * time.Minute).at(Contract)
	s.seen[0] = blue("web@x", Ready)
	s.settle(s.seen...).at(Contract).roles(Candidate, Active)
	s.turn("green-drop@b", Exited).after(Settle).roles(Active, Standby)
}

func TestAFirstColorThatLosesAServiceBeforeItHadUsersGoesOnWithoutIt(t *testing.T) {
	s := begin(t)
	s.stage.silent = true
	s.settle(blue("web", Ready, smoke("home", "direct")), blue("api", Ready)).at(Smoke).see(s.seen[0]).at(Start)
	s.stage.silent = false
	s.after(Settle).play().roles(Active, "").serves("web: 100 blue-web")
}

func TestASecondCandidateThatDiedFallsInTheMomentInWhichTheFirstRises(t *testing.T) {
	s := begin(t).see(blue("web", Starting), green("web", Ready)) // the story's check is that deciding again changes nothing
	s.now = s.now.Add(Settle - time.Millisecond)
	s.see(blue("web", Ready), green("web", Ready)).after(time.Millisecond)
	s.roles(Active, Standby)
}

func TestOfTwoFirstColorsTheOneThatIsReadyLeadsEvenIfTheOtherWasReadyBefore(t *testing.T) {
	s := begin(t)
	s.stage.silent = true
	s.settle(green("web", Ready, smoke("home", "direct"))).at(Smoke).turn("green-web", Exited)
	s.settle(s.seen[0], blue("web", Ready)).roles(Active, Demoted).serves("web: 100 blue-web")
}
