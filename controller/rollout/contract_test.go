package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

func TestContractHooksRunOnlyOnceTheOldColorIsAlone(t *testing.T) { // I6
	s := live(begin(t)).ship("b", service("web"), job("drop", labels.HookContract)).at(Soak)
	s.stage.busy = true
	s.pass(10 * time.Minute).at(Retire).acted()
	s.stage.busy = false
	s.play().ended(Done, "").acted("stop blue-web@a", "start green-drop@b")
}

func TestAManualContractHookWaitsForAnOperator(t *testing.T) {
	s := live(begin(t)).refuses("contract", "no contract hook of shop waits")
	s.ship("b", service("web"), job("drop", labels.HookContract, manual)).pass(20 * time.Minute).at(Contract).waits("bg contract runs its contract hooks")
	s.run("contract").play().ended(Done, "").is("green-drop@b", Exited)
}

func TestContractMayBeAskedForInSoak(t *testing.T) {
	s := live(begin(t)).ship("b", service("web"), job("drop", labels.HookContract, manual)).at(Soak)
	s.run("contract").at(Soak).acted().pass(6*time.Minute).ended(Done, "").is("green-drop@b", Exited)
}

func TestContractHooksWaitWhileTheOldColorIsKept(t *testing.T) {
	s := live(begin(t), service("web", retire(labels.Keep))).ship("b", service("web"), job("drop", labels.HookContract))
	s.pass(20 * time.Minute).at(Contract).waits("contract hooks wait until blue is removed: it could get users again").run("contract").play().acted()
	s.see(s.seen[1:]...).play().pass(11*time.Second).ended(Done, "").acted("start green-drop@b")
}

func TestAContractHookThatFailsOrHangsEndsTheReleaseButUsersStay(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"drop": true}
	s.ship("b", service("web"), job("drop", labels.HookContract)).pass(6 * time.Minute).at(Contract).waits("hook drop runs")
	s.refuses("begin digest=cccccccc", "is under way").refuses("rollback", "is under way").refuses("rollback --force", "is under way")
	s.pass(10*time.Minute).ended(Failed, "did not end within").is("green-drop@b", Exited).roles(Retired, Active).serves("web: 100 green-web@b")
}

func TestAfterAContractHookNobodyGoesBackUnforced(t *testing.T) {
	s := live(begin(t)).ship("b", service("web"), job("drop", labels.HookContract)).pass(6*time.Minute).ended(Done, "")
	s.refuses("rollback", "a contract hook of a later release has changed the database under blue")
	// That is so for good, and not just until the next release begins.
	s.run("begin digest=cccccccc").run("abort release=3-cccccccc").refuses("rollback", "has changed the database under blue")
	s.run("rollback --force").play().at(Soak).roles(Active, Standby)
}

func TestAnOldColorThatIsStartedByHandStopsNoHookThatRuns(t *testing.T) {
	s := live(begin(t))
	s.stage.hangs = map[string]bool{"drop": true}
	s.ship("b", service("web"), job("drop", labels.HookContract), job("last", labels.HookContract)).pass(6 * time.Minute).at(Contract)
	s.turn("blue-web@a", Ready).turn("green-drop@b", Exited).at(Contract).is("green-last@b", Created)
	s.turn("blue-web@a", Exited).ended(Done, "").is("green-last@b", Exited)
}
