package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

// gone is an app with release b live and a retired.
func gone(t *testing.T, parts ...part) *story {
	s := live(begin(t), append(parts, service("web"))...).ship("b", service("web")).pass(6*time.Minute).ended(Done, "")
	s.stage.acts = nil
	return s
}

func TestARollbackToARetiredColorStartsItAgainWithTheSameGates(t *testing.T) {
	s := gone(t, job("migrate", labels.HookExpand), job("warm", labels.HookPromoted), job("drop", labels.HookContract), service("api", smoke("home", "direct")))
	s.stage.hangs = map[string]bool{"web": true}
	r := s.command("rollback")
	if r.Run == nil || r.Run.ID != "1-aaaaaaaa" || !r.Run.Revived || r.Run.Step != Start {
		t.Fatalf("reply is %+v", r)
	}
	s.play().after(Settle).play().at(Start).serves("web: 100 green-web@b").told("begin 0/100 ann", "rollback 0/100 ann", "step 0/100 bg")
}

func TestARevivedReleaseRunsNoHookTwice(t *testing.T) {
	s := gone(t, job("migrate", labels.HookExpand), job("warm", labels.HookPromoted), job("drop", labels.HookContract))
	s.run("rollback").play().after(Settle).play().at(Soak).acted("start blue-web@a").roles(Active, Standby).serves("web: 100 blue-web@a")
	s.pass(6*time.Minute).ended(Done, "").acted("stop green-web@b")
}

func TestARevivedReleaseIsTestedAndStoppedIfItFails(t *testing.T) {
	s := live(begin(t), service("web", smoke("home", "direct"))).ship("b", service("web")).pass(6 * time.Minute)
	s.stage.faults = map[string]string{"home": "status 500"}
	s.run("rollback").play().after(Settle).play().ended(TakenBack, "status 500").roles(Demoted, Active).is("blue-web@a", Exited)
}

func TestARevivedReleaseThatIsNotReadyInTimeIsStoppedAgain(t *testing.T) {
	s := gone(t)
	s.stage.hangs = map[string]bool{"web": true}
	s.run("rollback").play().pass(10*time.Minute).ended(TimedOut, "").is("blue-web@a", Exited).roles(Demoted, Active)
	s.refuses("rollback", "bg promote --force shop moves traffic there all the same")
}

func TestARevivedReleaseThatCannotBeStartedFails(t *testing.T) {
	s := gone(t)
	s.failures = map[string]string{"blue-web@a": "no such image"}
	s.run("rollback").ended(Failed, "container blue-web@a could not be started: no such image").roles(Demoted, Active)
}

func TestWithItsContainersGoneARetiredColorCannotBeRevived(t *testing.T) {
	s := gone(t)
	s.see(s.seen[len(s.seen)-1]).refuses("rollback", "the containers of blue are gone: bg rollback --to RELEASE")
}

func TestARevivedReleaseClimbsNoLadderAndWaitsForNobody(t *testing.T) {
	s := live(begin(t), service("web", manual, ladder(time.Hour, 5))).ship("b", service("web")).pass(6*time.Minute).ended(Done, "")
	s.run("rollback").play().after(Settle).play().at(Soak).roles(Active, Standby)
}

func TestWhatWasHeldBeforeHoldsNoRevivedRelease(t *testing.T) {
	s := gone(t)
	app := *s.app()
	app.Held = true
	s.state.Apps["shop"] = &app
	s.run("rollback").play().after(Settle).play().at(Soak).roles(Active, Standby)
}

func TestAColorThatComposeAloneStartedIsRevivedAndStoppedIfItFails(t *testing.T) {
	s := promoted(t).pass(6*time.Minute).is("blue-web", Exited).roles(Retired, Active)
	s.stage.hangs = map[string]bool{"web": true}
	s.run("rollback").play().pass(10*time.Minute).ended(TimedOut, "").is("blue-web", Exited)
}
