package rollout

import (
	"testing"
	"time"

	"bg/controller/judge"
)

// What the models of this package have found, as stories.

// The active color had fallen already. Out of sight it looked better than
// that, and the candidate was demoted in its favor (I10).
func TestNothingIsDecidedInFavorOfAColorThatFellBeforeItGotOutOfSight(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("api", Ready)).settle(blue("web", Ready), blue("api", Ready), green("web", Ready, manual))
	s.see(blue("web", Unhealthy), blue("api", Unhealthy), green("web", Exited, manual)).roles(Active, Candidate)
	s.see(blue("web", Unknown), blue("api", Unhealthy), green("web", Exited, manual)).roles(Active, Candidate)
	s.see(blue("web", Ready), blue("api", Unhealthy), green("web", Exited, manual)).roles(Active, Demoted)
}

// A container of another service had joined the color that its traffic spoke
// against. With the next look it passed for a new release, so that deciding
// twice was not the same as once (I11), and users went back to what had failed.
func TestAReleaseThatItsTrafficSpeaksAgainstFallsWithAllThatJoinedIt(t *testing.T) {
	s := begin(t)
	s.proxy = &Proxy{Failover: true, Metrics: true}
	s.settle(blue("web", Ready, judged())).settle(blue("web", Ready, judged()), green("web", Ready, judged())).roles(Standby, Active)
	s.see(blue("web", Ready, judged()), green("web", Ready, judged()), green("api", Starting)).says(judge.Fail, "so many failed").roles(Active, Demoted)
	s.settle(blue("web", Ready, judged()), green("web", Ready, judged()), green("api", Ready)).roles(Active, Demoted)
}

// The active color was out of sight when the containers of a canary were
// removed: the release ended, and nobody took its share away (I2).
func TestACanaryWhoseContainersAreGoneLosesItsShareWhoeverIsOutOfSight(t *testing.T) {
	s := climbing(t).turn("blue-web@a", Unknown)
	s.see(s.seen[0]).ended(Failed, "its containers are gone").serves("web: 100 blue-web@a")
	if s.app().Weight != 0 || s.app().Green.Role != Demoted {
		t.Errorf("green is %s and has %d%%", s.app().Green.Role, s.app().Weight)
	}
}

// Users had been sent back to the other color while a release that had taken
// over early was still at its tests: it stood at the next step forever (I20).
func TestAReleaseEndsWhenAnOperatorMovesItsUsersAway(t *testing.T) {
	s := live(begin(t)).create("b", service("web", smoke("up", "direct")))
	s.stage.silent = true
	s.proceed().at(Smoke).turn("blue-web@a", Exited, code(1)).roles(Demoted, Active).at(Smoke)
	s.turn("blue-web@a", Ready).run("promote --force").roles(Active, Standby).ended(TakenBack, "bg promote --force")
}

// A color that had been given its share by force was let go while the release
// of the other one was under way: nothing would have moved the share on (I2).
func TestAShareThatNoReleaseMovesOnIsNotResumed(t *testing.T) {
	s := live(begin(t)).create("b", service("web", smoke("up", "direct")))
	s.stage.silent = true
	s.proceed().at(Smoke).turn("blue-web@a", Exited, code(1)).turn("blue-web@a", Ready).roles(Demoted, Active)
	s.run("canary 50 --force").refuses("resume", "blue has its 50% by hand").run("canary 0").run("resume")
}

// A worker alone was up of the active color. Users got nothing, though the
// other one was there for them, until the worker got out of sight too (I10).
func TestAWorkerIsNothingThatUsersCouldBeLeftWith(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("work", Ready, unrouted))
	s.see(blue("web", Exited), blue("work", Ready, unrouted), green("web", Ready)).roles(Demoted, Active).serves("web: 100 green-web")
}

// All users of a canary had the new color, but for a service that it lacked.
// The old color was not drained of those before it was stopped (I7).
func TestAColorIsDrainedOfTheServiceThatTheOtherOneLacks(t *testing.T) {
	slow := func(c *Container) { c.Spec.Drain, c.Spec.Soak = 12*time.Second, 0 }
	s := live(begin(t), service("web", slow), service("api", slow)).ship("b", service("web", slow, manual)).at(Traffic)
	s.run("canary 100").pass(time.Minute).serves("api: 100 blue-api@a", "web: 100 green-web@b")
	s.run("promote").serves("web: 100 green-web@b").pass(2*tick).is("blue-api@a", Ready).pass(tick).is("blue-api@a", Exited)
}
