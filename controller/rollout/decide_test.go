package rollout

import (
	"testing"
	"time"
)

func TestTwoAppsDoNotTouchEachOther(t *testing.T) {
	api := func(c Condition) *Container { return blue("web", c, of("api")) }
	s := begin(t).settle(blue("web", Ready), api(Ready))
	before := s.state.Apps["api"]
	for _, c := range []Condition{Starting, Ready, Exited} {
		seen := []*Container{blue("web", Ready), green("web", c), api(Ready)}
		s.now = s.now.Add(Settle)
		next, _ := Decide(s.state, Input{Now: s.now, World: world(seen...), Confirmed: s.state.Generation})
		if s.state = next; next.Apps["api"] != before {
			t.Fatalf("api became %s", dump(next.Apps["api"]))
		}
	}
}

func TestAnAppIsForgottenAnHourAfterItsLastContainer(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see()
	if want := s.now.Add(ForgetAfter); !s.plan.Wake.Equal(want) {
		t.Errorf("wakes at %v, want %v", s.plan.Wake, want)
	}
	s.after(ForgetAfter - 1).serves("web: 100")
	generation := s.state.Generation
	s.after(1).told("forget 0/0 bg")
	if len(s.state.Apps) != 0 || s.state.Generation != generation+1 || s.events[len(s.events)-1].Generation != generation+1 {
		t.Errorf("state is %s after %v", dump(s.state), s.events)
	}
	s.settle(blue("web", Ready)).roles(Active, "")
}

func TestAnAppThatNeverHadUsersIsForgottenWithItsLastContainer(t *testing.T) {
	s := begin(t).see(blue("web", Starting))
	generation := s.state.Generation
	s.see().told("forget 0/0 bg")
	if len(s.state.Apps) != 0 || s.state.Generation != generation {
		t.Errorf("state is %s", dump(s.state))
	}
}

func TestAStoppedContainerKeepsItsApp(t *testing.T) {
	begin(t).settle(blue("web", Ready)).see(blue("web", Exited)).after(2*ForgetAfter).roles(Active, "")
}

func TestAClockThatJumpsBackStartsTheHourAnew(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see()
	s.after(-time.Hour).after(ForgetAfter-1).roles(Active, "").after(1)
	if len(s.state.Apps) != 0 {
		t.Errorf("state is %s", dump(s.state))
	}
}

func TestBeforeTheFirstLookNothingMoves(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	s.restart()
	next, plan := Decide(s.state, Input{Now: s.now.Add(7 * 24 * time.Hour)})
	if dump(next) != dump(s.state) || plan.Routing != nil || len(plan.Events) > 0 || !plan.Wake.IsZero() {
		t.Errorf("state is %s, plan %+v", dump(next), plan)
	}
}

func TestConfirmationsOnlyRiseAndNeverPassTheState(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	for _, test := range []struct{ seen, want uint64 }{{0, 1}, {1, 1}, {99, 1}} {
		next, _ := Decide(s.state, Input{Now: s.now, World: world(s.seen...), Confirmed: test.seen})
		if next.Confirmed != test.want || next.Generation != 1 {
			t.Errorf("confirmed %d: state has %d of %d", test.seen, next.Confirmed, next.Generation)
		}
	}
}

func TestTheWayBackIsDroppedOnceTheStandingIsLive(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	s.unready = true
	s.settle(blue("web", Ready), green("web", Ready))
	promotion := s.state.Generation
	if u := s.app().Undo; u == nil || u.Active != "blue" {
		t.Fatalf("undo is %v", u)
	}
	s.see(blue("web", Ready), green("web", Ready), green("web/2", Ready))
	if s.app().Undo == nil {
		t.Fatal("undo is lost before the promotion is live")
	}
	s.decide(Input{Confirmed: promotion})
	if s.app().Undo != nil {
		t.Errorf("undo is %v though generation %d is live", s.app().Undo, promotion)
	}
}

func TestGoingBackLeavesNothingToUndo(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual))
	s.unready = true
	if s.run("promote").run("rollback"); s.app().Undo != nil {
		t.Errorf("undo is %v", s.app().Undo)
	}
}

func TestASteadyStateWritesNothing(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual)).run("canary 10")
	before := s.generated
	for range 100 {
		s.after(6 * time.Second)
		if s.plan.Routing != nil || len(s.plan.Events) > 0 || !s.plan.Wake.IsZero() {
			t.Fatalf("plan is %+v", s.plan)
		}
	}
	if s.generated != before {
		t.Errorf("%d generations", s.generated-before)
	}
}

func TestHooksAloneAreNoApp(t *testing.T) {
	s := begin(t).see(blue("migrate", Exited, hook)).after(time.Second)
	if len(s.events) > 0 || len(s.state.Apps) > 0 {
		t.Errorf("state is %s after %s", dump(s.state), changes(s.events))
	}
}
