package rollout

import (
	"slices"
	"testing"
	"time"
)

func TestTheFirstColorBecomesActiveWhenEveryContainerIsReady(t *testing.T) {
	s := begin(t)
	s.settle(blue("web", Ready), blue("api", Starting)).roles(Candidate, "").serves()
	s.settle(blue("web", Ready), blue("api", Ready)).roles(Active, "")
	s.serves("api: 100 blue-api", "web: 100 blue-web").told("candidate 0/0 bg", "ready 0/0 bg", "promote 100/0 bg")
}

func TestAColorIsReadyOnlyOnceItsSetHasSettled(t *testing.T) {
	s := begin(t).see(blue("web", Ready)).serves()
	if want := s.now.Add(Settle); !s.plan.Wake.Equal(want) {
		t.Fatalf("wakes at %v, want %v", s.plan.Wake, want)
	}
	s.after(Settle - 1).serves()
	s.see(blue("web", Ready), blue("web/2", Ready)).after(Settle - 1).serves()
	s.after(1).serves("web: 100 blue-web blue-web/2")
	if !s.plan.Wake.IsZero() {
		t.Fatalf("wakes at %v though nothing is to come", s.plan.Wake)
	}
}

func TestAManualFirstColorBecomesActiveAllTheSame(t *testing.T) {
	begin(t).settle(blue("web", Ready, manual)).roles(Active, "")
}

func TestOfTwoColorsThatWereThereBeforeOneStandsBy(t *testing.T) {
	begin(t).settle(blue("web", Ready), green("web", Ready)).roles(Active, Standby).
		run("rollback").roles(Demoted, Active)
}

func TestHooksAreNoMembersOfAColor(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("migrate", Exited, hook))
	s.serves("web: 100 blue-web")
	s.see(blue("web", Ready), green("migrate", Starting, hook)).roles(Active, "")
}

func TestInvalidLabelsBesideAHealthyColorChangeNoRoute(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, invalid))
	s.roles(Active, Candidate).serves("web: 100 blue-web")
	s.refuses("promote", "green of shop is not ready: container green-web has labels that bg cannot use: label bg.port: \"http\" is no port")
	s.settle(blue("web", Ready), blue("web/2", Ready, invalid)).roles(Active, Candidate).serves("web: 100 blue-web")
	s.settle(blue("web", Ready), green("web@v2", Ready)).roles(Standby, Active)
}

func TestLabelsThatContradictEachOtherKeepACandidateFromGettingReady(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	s.settle(blue("web", Ready), green("web", Ready), green("web/2", Ready, port(81))).roles(Active, Candidate)
	s.refuses("promote", "the containers of service web define")
}

func TestARecreatedServiceOfADemotedOrStandbyColorIsANewRelease(t *testing.T) {
	up := []*Container{blue("web", Ready), blue("api", Ready)}
	t.Run("demoted", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready), green("api", Ready))...).roles(Standby, Active)
		s.see(append(up, green("web", Exited), green("api", Ready))...).roles(Active, Demoted)
		s.settle(append(up, green("web", Exited), green("web@v2", Ready), green("api", Ready))...).roles(Active, Demoted)
		s.settle(append(up, green("web@v2", Ready), green("api", Ready))...).roles(Standby, Active)
	})
	t.Run("standby", func(t *testing.T) {
		s := begin(t).settle(up...).settle(append(up, green("web", Ready), green("api", Ready))...).roles(Standby, Active)
		s.settle(blue("web@v3", Ready), blue("api", Ready), green("web", Ready), green("api", Ready)).roles(Active, Standby)
	})
}

func TestAnotherReplicaIsNoNewRelease(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready)).roles(Standby, Active)
	s.settle(blue("web", Ready), blue("web/2", Ready), green("web", Ready)).roles(Standby, Active)
	s.see(blue("web", Ready), green("web", Unhealthy)).roles(Active, Demoted)
	s.settle(blue("web", Ready), green("web", Ready), green("web/2", Ready)).roles(Active, Demoted)
}

func TestAServiceThatComesLateMustGetReadyBeforeThePromotion(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual))
	s.see(blue("web", Ready), green("web", Ready, manual), green("api", Starting, manual))
	s.refuses("promote", "container green-api is starting")
	s.settle(blue("web", Ready), green("web", Ready, manual), green("api", Ready, manual)).run("promote")
	s.serves("api: 100 green-api", "web: 100 green-web")
}

func TestAColorRecreatedInPlaceStaysActive(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see().serves("web: 100")
	s.see(blue("web@v2", Starting)).roles(Active, "").serves("web: 100").told("replace 100/0 bg")
	s.see(blue("web@v2", Ready)).serves("web: 100 blue-web@v2")
}

// However few of the looks at a recreation in place succeed, users end up
// with the same.
func TestARecreationInPlaceEndsTheSameWhateverLooksAreMissed(t *testing.T) {
	web := [][]*Container{
		{blue("web", Ready), blue("web@v2", Created)},
		{blue("web", Stopping), blue("web@v2", Created)},
		{blue("web", Exited), blue("web@v2", Created)},
		{blue("web@v2", Created)},
		{blue("web@v2", Starting)},
	}
	g := []*Container{green("web", Ready), green("api", Ready)}
	b := []*Container{blue("web", Ready), blue("api", Ready)}
	both := append(slices.Clone(b), g...)
	for name, before := range map[string]func(*story){
		"active alone":          func(s *story) { s.settle(b...).roles(Active, "") },
		"active with a standby": func(s *story) { s.settle(g...).settle(both...).roles(Active, Standby) },
		"standby":               func(s *story) { s.settle(b...).settle(both...).roles(Standby, Active) },
		"candidate":             func(s *story) { s.settle(g...).see(both...).run("canary 0").after(Settle).run("canary 10") },
		"demoted":               func(s *story) { s.settle(b...).settle(both...).run("rollback").run("rollback --force") },
	} {
		t.Run(name, func(t *testing.T) {
			for looks := range 1 << len(web) {
				s := begin(t)
				before(s)
				rest := s.seen[1:]
				for i, w := range web {
					if looks>>i&1 == 1 {
						s.see(append(slices.Clone(w), rest...)...)
					}
				}
				t.Logf("looks %05b", looks)
				s.settle(append([]*Container{blue("web@v2", Ready)}, rest...)...).after(Settle)
				s.serves("api: 100 blue-api", "web: 100 blue-web@v2")
			}
		})
	}
}

func TestTheClockMayJump(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour, -time.Millisecond} {
		t.Run(jump.String(), func(t *testing.T) {
			s := begin(t).settle(blue("web", Ready)).see(blue("web", Ready), green("web", Ready))
			s.after(jump).after(Settle).roles(Standby, Active)
			if s.plan.Wake.Sub(s.now) > tick { // that it looks at the drain and the soak again
				t.Fatalf("wakes at %v, now is %v", s.plan.Wake, s.now)
			}
		})
	}
}
