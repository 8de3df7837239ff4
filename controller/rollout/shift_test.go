package rollout

import (
	"testing"
)

func TestASecondColorBecomesActiveAtOnceWhenReady(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Starting)).roles(Active, Candidate)
	s.settle(blue("web", Ready), green("web", Ready)).roles(Standby, Active).serves("web: 100 green-web").told("ready 100/0 bg", "promote 0/100 bg")
}

func TestAManualColorWaitsForAnOperator(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready), green("api", Ready, manual))
	s.roles(Active, Candidate).serves("web: 100 blue-web").told("ready 100/0 bg")
	s.run("promote").serves("api: 100 green-api", "web: 100 green-web").told("promote 0/100 ann")
}

// bad are the ways in which a container stops to answer.
var bad = []Condition{Exited, Paused, Restarting, Unhealthy, Offline, Stopping, Created, Starting, Unchecked}

func TestAFreshlyPromotedColorFallsWhenItsContainerDoes(t *testing.T) {
	for _, c := range bad {
		t.Run(string(c), func(t *testing.T) {
			s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready)).roles(Standby, Active)
			s.see(blue("web", Ready), green("web", c, detail("exit code 137, out of memory")))
			s.roles(Active, Demoted).serves("web: 100 blue-web").told("demote 100/0 bg")
			want := "green fell: container green-web is " + string(c) + " (exit code 137, out of memory)"
			if c == Unchecked {
				want += "; give its service a healthcheck, or label bg.health.path"
			}
			if got := s.events[len(s.events)-1].Cause; got != want {
				t.Errorf("cause is %q, want %q", got, want)
			}
			s.settle(blue("web", Ready), green("web", Ready)).roles(Active, Demoted).refuses("promote", "was demoted at 2026-11-23T12:00")
			s.settle(blue("web", Ready), green("web@v2", Ready)).roles(Standby, Active)
		})
	}
}

func TestACandidateFallsWhenItsContainerDoes(t *testing.T) {
	for _, c := range bad {
		t.Run(string(c), func(t *testing.T) {
			s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual)).run("canary 50")
			s.serves("web: 50 blue-web, 50 green-web")
			s.see(blue("web", Ready), green("web", c, manual)).roles(Active, Demoted).serves("web: 100 blue-web").told("demote 100/0 bg")
			s.settle(blue("web", Ready), green("web", Ready, manual)).refuses("canary 10", "was demoted").run("canary 10 --force")
			s.serves("web: 90 blue-web, 10 green-web").roles(Active, Candidate)
		})
	}
}

func TestAColorFallsWhenItsContainersAreRemoved(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready))
	s.see(blue("web", Ready)).roles(Active, Demoted).serves("web: 100 blue-web")
	if got := s.app().Green.Cause; got == "" || s.app().Blue.Cause != "green fell: its containers are gone" {
		t.Errorf("causes are %q and %q", s.app().Blue.Cause, got)
	}
}

func TestACandidateThatNeverWasReadyIsNoDemotion(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Exited)).roles(Active, Candidate)
	s.settle(blue("web", Ready), green("web", Ready)).roles(Standby, Active)
}

func TestReplicasAreTakenOutOneByOne(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready), green("web/2", Ready), green("web/3", Ready))
	s.serves("web: 100 green-web green-web/2 green-web/3")
	s.see(blue("web", Ready), green("web", Ready), green("web/2", Stopping), green("web/3", Ready)).serves("web: 100 green-web green-web/3")
	s.see(blue("web", Ready), green("web", Unhealthy), green("web/3", Ready)).serves("web: 100 green-web/3").roles(Standby, Active)
	s.see(blue("web", Ready), green("web", Ready), green("web/3", Paused)).serves("web: 100 green-web")
	s.see(blue("web", Ready), green("web", Exited), green("web/3", Paused)).serves("web: 100 blue-web").roles(Active, Demoted)
}

func TestOneServiceWithoutAnybodyMakesTheColorFall(t *testing.T) {
	up := []*Container{blue("web", Ready), blue("api", Ready)}
	s := begin(t).settle(up...).settle(append(up, green("web", Ready), green("web/2", Ready), green("api", Ready))...)
	s.see(append(up, green("web", Exited), green("web/2", Ready), green("api", Ready))...).roles(Standby, Active)
	s.see(append(up, green("web", Exited), green("web/2", Ready), green("api", Unhealthy, detail("503")))...)
	s.roles(Active, Demoted).serves("api: 100 blue-api", "web: 100 blue-web")
	if got := s.app().Green.Cause; got != "green fell: container green-api is unhealthy (503)" {
		t.Errorf("cause is %q", got)
	}
}

func TestWithBothColorsDeadTheLastConfigStays(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready), green("web/2", Ready)).roles(Standby, Active)
	s.see(blue("web", Exited), green("web", Ready), green("web/2", Ready))
	s.see(blue("web", Exited), green("web", Unhealthy), green("web/2", Unhealthy)).roles(Standby, Active)
	s.serves("web: 100 green-web green-web/2")
	s.see(blue("web", Exited), green("web", Unhealthy), green("web/2", Exited)).serves("web: 100 green-web")
	s.see(blue("web", Exited), green("web", Unhealthy, at("10.9.9.9")), green("web/2", Exited)).serves("web: 100")
	s.see().serves("web: 100").roles(Standby, Active)
	s.see(blue("web", Ready)).serves("web: 100 blue-web").roles(Active, Demoted)
}

func TestWithNothingElseAColorThatFellComesBack(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready))
	s.see(blue("web", Ready), green("web", Exited)).roles(Active, Demoted)
	s.see(blue("web", Ready), green("web", Ready)).roles(Active, Demoted)
	s.see(blue("web", Exited), green("web", Ready)).roles(Demoted, Active).serves("web: 100 green-web")
	s.see(blue("web", Ready), green("web", Ready)).roles(Demoted, Active)
}

func TestACandidateThatIsNotCompleteIsBetterThanNothing(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("api", Ready))
	s.see(blue("web", Ready), blue("api", Ready), green("web", Ready), green("api", Starting)).roles(Active, Candidate)
	s.see(blue("web", Ready), blue("api", Exited), green("web", Ready), green("api", Starting)).roles(Active, Candidate)
	s.see(blue("web", Exited), blue("api", Exited), green("web", Ready), green("api", Starting)).roles(Demoted, Active)
	s.serves("api: 100", "web: 100 green-web")
	s.settle(blue("web", Exited), blue("api", Exited), green("web", Ready), green("api", Ready)).serves("api: 100 green-api", "web: 100 green-web")
}

func TestAWaitingCandidateOutOfSightIsNotDemoted(t *testing.T) {
	s := waiting(t).see(blue("web", Unknown), green("web", Unknown, manual)).roles(Active, Candidate)
	s.refuses("promote", "container green-web is unknown")
	s.see(blue("web", Ready), green("web", Ready, manual)).run("promote")
}

func TestAnActiveColorWithoutUsersIsNotDemotedOutOfSight(t *testing.T) {
	s := waiting(t).run("canary 100").see(blue("web", Unknown), green("web", Ready, manual)).roles(Active, Candidate)
	s.see(blue("web", Exited), green("web", Ready, manual)).roles(Demoted, Active)
}

func TestAWorkerOutOfSightIsNoReasonToFall(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("worker", Ready, unrouted))
	s.settle(append(s.seen, green("web", Ready), green("worker", Ready, unrouted))...).roles(Standby, Active)
	s.see(append(s.seen[:3], green("worker", Unknown, unrouted))...).roles(Standby, Active)
	s.see(append(s.seen[:3], green("worker", Exited, unrouted))...).roles(Active, Demoted)
}

func TestARefusedGenerationIsTakenBack(t *testing.T) {
	up := []*Container{blue("web", Ready)}
	refuse := func(s *story) {
		s.decide(Input{Refused: s.state.Generation, Reason: "rule: syntax error\nline 2"})
	}
	t.Run("a promotion", func(t *testing.T) {
		s := begin(t).settle(up...)
		s.unready = true
		s.settle(append(up, green("web", Ready))...).roles(Standby, Active)
		refuse(s)
		s.roles(Active, Demoted).serves("web: 100 blue-web").told("abort 100/0 bg")
		if got := s.app().Green.Cause; got != "generation 2 was not taken over: rule: syntax error" {
			t.Errorf("cause is %q", got)
		}
		s.after(Settle).roles(Active, Demoted)
		s.unready = false
		s.settle(blue("web", Ready), green("web@v2", Ready)).roles(Standby, Active)
	})
	t.Run("a canary", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready, manual))...).run("canary 10")
		s.unready = true
		s.run("canary 50").run("canary 70")
		refuse(s)
		s.roles(Active, Candidate).serves("web: 90 blue-web, 10 green-web").told("abort 90/10 bg")
	})
	t.Run("the first color", func(t *testing.T) {
		s := begin(t)
		s.unready = true
		s.settle(up...).roles(Active, "")
		refuse(s)
		s.roles(Demoted, "").serves().told("abort 0/0 bg").after(Settle).roles(Demoted, "")
		s.refuses("canary 10", "no color of shop is ready yet").refuses("promote", "blue of shop was demoted at")
		s.run("promote --force").roles(Active, "").serves("web: 100 blue-web").told("promote 100/0 ann")
	})
	t.Run("but no other app", func(t *testing.T) {
		s := begin(t).settle(up...)
		s.settle(append(up, blue("web", Ready, of("api")))...).settle(append(up, blue("web", Ready, of("api")), green("web", Ready, of("api")))...)
		s.unready = true
		s.settle(append(s.seen, green("web", Ready))...).roles(Standby, Active)
		refuse(s)
		s.roles(Active, Demoted)
		if got := s.state.Apps["api"].Active; got != "green" {
			t.Errorf("api's active color is %q", got)
		}
	})
	t.Run("but not what is live already", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready))...)
		s.unready = true
		s.see(append(up, green("web", Ready), green("web/2", Ready))...)
		refuse(s)
		s.roles(Standby, Active).serves("web: 100 green-web green-web/2")
	})
	t.Run("but not back to what is dead", func(t *testing.T) {
		s := begin(t).settle(up...)
		s.unready = true
		s.settle(append(up, green("web", Ready))...).see(blue("web", Exited), green("web", Ready))
		refuse(s)
		s.roles(Standby, Active)
	})
	t.Run("but not back to containers that made way for new ones", func(t *testing.T) {
		s := begin(t).settle(up...)
		s.unready = true
		s.settle(append(up, green("web", Ready))...)
		s.settle(blue("web@v3", Ready, manual), green("web", Ready)).roles(Candidate, Active)
		refuse(s)
		s.roles(Candidate, Active)
	})
	t.Run("but a share only to those who had it", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready, manual))...).run("canary 10")
		s.unready = true
		s.run("canary 50").settle(append(up, green("web@v2", Ready, manual))...).serves("web: 100 blue-web")
		refuse(s)
		s.serves("web: 100 blue-web").roles(Active, Candidate)
	})
	t.Run("but a demotion has no way back", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready, manual))...).run("canary 10")
		s.unready = true
		s.see(append(up, green("web", Exited, manual))...).told("demote 100/0 bg")
		refuse(s)
		s.told("demote 100/0 bg")
		if s.app().Held || s.app().Undo != nil {
			t.Errorf("held %v, undo %v", s.app().Held, s.app().Undo)
		}
	})
}

func TestACandidateThatIsPartlyUnfitIsNotDemotedBecauseTheRestGetsOutOfSight(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual), green("api", Ready, manual))
	s.see(blue("web", Unknown), green("web", Ready, manual), green("api", Ready, invalid)).roles(Active, Candidate)
	s.see(blue("web", Unknown), green("web", Unknown, manual), green("api", Ready, invalid)).roles(Active, Candidate)
}
