package rollout

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/controller/judge"
	"bg/labels"
)

// judged has the container's traffic judged.
func judged(change ...func(*labels.Judge)) func(*Container) {
	return func(c *Container) {
		c.Spec.Judge = labels.Judge{Enable: true, Status: labels.StatusRange{From: 500, To: 599}, Alpha: 0.01, Thin: labels.ThinExtend}
		for _, f := range change {
			f(&c.Spec.Judge)
		}
	}
}

func thin(t labels.Thin) func(*labels.Judge) { return func(j *labels.Judge) { j.Thin = t } }

// says has the traffic say that of the release under way from now on.
func (s *story) says(o judge.Outcome, reason string) *story {
	s.t.Helper()
	s.judgments = nil
	for _, t := range Trials(s.state, world(s.seen...), nil, s.now) {
		if t.Key != "" {
			s.judgments = map[string]Judgment{t.App: {Key: t.Key, Verdict: judge.Verdict{Outcome: o, Reason: reason, Candidate: judge.Counts{Requests: 70}}}}
		}
	}
	if s.judgments == nil {
		s.t.Fatal("nothing is on trial")
	}
	s.decide(Input{})
	return s.play()
}

// onTrial is an app with release b at the first of its canary's steps, and a
// proxy that tells how requests went.
func onTrial(t *testing.T, change ...func(*labels.Judge)) *story {
	s := begin(t)
	s.proxy = &Proxy{Failover: true, Metrics: true}
	live(s, service("web", judged()))
	return s.ship("b", service("web", judged(change...), ladder(time.Minute, 5, 50))).at(Traffic)
}

func TestWhatIsOnTrialIsWhatHasUsers(t *testing.T) {
	s := begin(t)
	s.proxy = &Proxy{Metrics: true}
	look := func(want string) Trial {
		t.Helper()
		all := Trials(s.state, world(s.seen...), nil, s.now)
		if len(all) != 1 || (all[0].Key != "") != (want != "") || string(all[0].Candidate) != want {
			t.Fatalf("on trial is %+v, want %q", all, want)
		}
		return all[0]
	}
	live(s, service("web", judged()))
	look("blue") // it has ended well just now
	s.pass(AlarmAfter)
	want := Trial{App: "shop", Active: labels.Blue, Rules: judge.Rules{Alpha: 0.01}, Services: []Examined{{Service: "web", Status: labels.StatusRange{From: 500, To: 599}}}}
	if diff := cmp.Diff(want, look("")); diff != "" {
		t.Error(diff)
	}
	s.create("b", service("web", judged(func(j *labels.Judge) { j.Alpha, j.Errors, j.Latency = 0.005, 0.02, time.Second }), ladder(time.Minute, 5)),
		service("api", judged(func(j *labels.Judge) { j.Errors = 0.01 })), service("off"), worker("work", judged(func(j *labels.Judge) { j.Errors = 0.001 })))
	look("")
	s.proceed().at(Traffic)
	got := look("green")
	if got.Alone || got.Active != labels.Blue || got.Rules.Alpha != 0.005 || got.Rules.Limit != 0.01 || len(got.Services) != 2 || got.Services[1].Latency != time.Second {
		t.Errorf("in the canary it is %+v", got)
	}
	s.says(judge.Pass, "good").pass(time.Minute + tick).at(Soak)
	if again := look("green"); !again.Alone || again.Key != got.Key {
		t.Errorf("in the soak it is %+v, and was %+v", again, got)
	}
	s.run("rollback")
	look("")
}

func TestAnotherContainerInPlaceIsAnotherTrial(t *testing.T) {
	s := begin(t).settle(blue("web", Ready, judged())).settle(blue("web", Ready, judged()), green("web", Ready, judged(), ladder(time.Minute, 5))).at(Traffic)
	first := Trials(s.state, world(s.seen...), nil, s.now)[0]
	s.settle(blue("web", Ready, judged()), green("web@2", Ready, judged(), ladder(time.Minute, 5))).at(Traffic)
	if second := Trials(s.state, world(s.seen...), nil, s.now)[0]; first.Key == "" || second.Key == "" || first.Key == second.Key {
		t.Errorf("the keys are %q and %q", first.Key, second.Key)
	}
}

func TestACanaryThatItsTrafficSpeaksAgainstIsDemotedWithTheNumbers(t *testing.T) {
	s := onTrial(t).says(judge.Fail, "5% of 70 requests failed").ended(TakenBack, "5% of 70 requests failed").roles(Active, Demoted)
	s.serves("web: 100 blue-web@a").told("demote 100/0 bg", "end 100/0 bg")
	fall := s.events[len(s.events)-2]
	if fall.Judgment == nil || fall.Judgment.Candidate.Requests != 70 || fall.Cause != "green fell: 5% of 70 requests failed" {
		t.Errorf("the history says %+v", fall)
	}
	s.pass(time.Hour).roles(Active, Demoted).refuses("promote", "was demoted at")
}

func TestASoakThatItsTrafficSpeaksAgainstGoesBackToTheStandby(t *testing.T) {
	s := onTrial(t).run("promote --full").play().at(Soak).says(judge.Fail, "5% failed").ended(TakenBack, "5% failed")
	s.roles(Active, Demoted).serves("web: 100 blue-web@a").told("demote 100/0 bg", "end 100/0 bg")
}

func TestAHeldOrPausedCanaryIsDemotedAllTheSame(t *testing.T) {
	onTrial(t).run("canary 20").says(judge.Fail, "bad").roles(Active, Demoted)
	onTrial(t).run("pause").says(judge.Fail, "bad").roles(Active, Demoted)
}

func TestTheVerdictOnAnotherReleaseMovesNothing(t *testing.T) {
	s := onTrial(t)
	s.judgments = map[string]Judgment{"shop": {Key: "green/1/0", Verdict: judge.Verdict{Outcome: judge.Fail}}}
	s.pass(time.Minute).at(Traffic).roles(Active, Candidate)
}

func TestNobodyIsSentToAColorThatCannotTakeThem(t *testing.T) {
	s := onTrial(t).turn("blue-web@a", Exited).roles(Demoted, Active)
	s.says(judge.Fail, "bad").roles(Demoted, Active).serves("web: 100 green-web@b").noted(Alarmed, "green: bad; blue can't take over: container blue-web@a is exited")
	s.turn("blue-web@a", Ready).roles(Demoted, Active)
}

func TestAfterRetirementThereIsAnAlarmAndAWayBack(t *testing.T) {
	s := onTrial(t).run("promote --full").play().pass(6*time.Minute).ended(Done, "").roles(Retired, Active)
	s.says(judge.Fail, "5% failed").roles(Retired, Active).serves("web: 100 green-web@b")
	s.told("alarm 0/100 bg").noted(Alarmed, "green: 5% failed; blue is stopped: bg rollback shop starts it again").pass(time.Minute)
	if n := len(s.events); s.events[n-1].Change != Alarmed || s.events[n-1].Judgment == nil || s.events[n-2].Change == Alarmed {
		t.Errorf("it is told once, with its numbers: %s", changes(s.events[n-3:]))
	}
	s.run("rollback").play().at(Soak).roles(Active, Standby)
}

func TestAnAlarmIsRaisedOnceWhileAllIsDeadAndNotForWhatIsUnknown(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).see(blue("web", Unknown)).told("promote 100/0 bg")
	s.see(blue("web", Exited)).told("alarm 100/0 bg").see(blue("web", Starting)).see(blue("web", Unknown)).told("alarm 100/0 bg")
	if s.app().Blue.Alarm == "" {
		t.Error("what is unknown is not well")
	}
	s.see().told("alarm 100/0 bg") // taken down
	if s.app().Blue.Alarm != "" {
		t.Errorf("of an app that was taken down the alarm is %q", s.app().Blue.Alarm)
	}
	s.see(blue("web", Stopping)).told("alarm 100/0 bg").see(blue("web", Ready))
	if n := len(s.events); s.app().Blue.Alarm != "" || s.see(blue("web", Exited)).events[n].Change != Alarmed {
		t.Errorf("another fall is not told of: %s", changes(s.events))
	}
}

func TestAStepIsPassedOnEvidenceAndNotOnTimeAlone(t *testing.T) {
	s := onTrial(t).says(judge.Thin, "14 requests").pass(5 * time.Minute).serves("web: 95 blue-web@a, 5 green-web@b").waits("green has 5%")
	s.says(judge.Pass, "900 requests").serves("web: 50 blue-web@a, 50 green-web@b").told("canary 50/50 bg")
	if j := s.events[len(s.events)-1].Judgment; j == nil || j.Reason != "900 requests" {
		t.Errorf("the step rests on %+v", j)
	}
	s.pass(55 * time.Second).serves("web: 50 blue-web@a, 50 green-web@b").pass(tick).at(Soak)
}

func TestAThinStepIsHeldAtTheDeadlineAndGoesOnWhenItIsResumed(t *testing.T) {
	s := onTrial(t).says(judge.Thin, "14 requests").pass(11*time.Minute - tick).serves("web: 95 blue-web@a, 5 green-web@b")
	if s.app().Held {
		t.Error("it is held early")
	}
	s.pass(2*tick).told("pause 95/5 bg").waits("green is held at 5%, 14 requests: bg promote, bg resume, or bg rollback").pass(time.Hour).roles(Active, Candidate)
	s.run("resume").pass(9*time.Minute).waits("green has 5%").says(judge.Pass, "900").serves("web: 50 blue-web@a, 50 green-web@b")
	s.says(judge.Thin, "14 requests").run("promote").play().at(Soak)
}

func TestThinTrafficIsPromotedOrHeldAtOnceAsTheLabelsSay(t *testing.T) {
	onTrial(t, thin(labels.ThinPromote)).says(judge.Thin, "none").pass(time.Minute).serves("web: 50 blue-web@a, 50 green-web@b").pass(time.Minute).at(Soak)
	onTrial(t, thin(labels.ThinHold)).says(judge.Thin, "none").pass(time.Minute).told("pause 95/5 bg").waits("green is held at 5%, none")
}

func TestWhereNothingIsKnownOfTrafficTimeAloneCounts(t *testing.T) {
	s := onTrial(t).pass(2 * time.Minute).serves("web: 95 blue-web@a, 5 green-web@b")
	s.proxy = &Proxy{}
	s.pass(tick).serves("web: 50 blue-web@a, 50 green-web@b")
	onTrial(t, func(j *labels.Judge) { j.Enable = false }).pass(2 * time.Minute).at(Soak)
}

func TestATrialTellsWhichOfTheReplicasAreUp(t *testing.T) {
	s := begin(t).settle(blue("web", Ready, judged()))
	look := func() string {
		x := Trials(s.state, world(s.seen...), nil, s.now)[0]
		return fmt.Sprintf("%v %v %t", x.Servers, x.Down, x.Replicas)
	}
	second := func(c Condition) *Container { return green("web/2", c, judged(), ladder(time.Minute, 5)) }
	first, idle := green("web", Ready, judged(), ladder(time.Minute, 5)), green("work", Ready, judged(), unrouted)
	s.settle(blue("web", Ready, judged()), first, second(Ready), idle).at(Traffic)
	if got := look(); got != "[green-web green-web/2] [] true" {
		t.Errorf("both up: %s", got)
	}
	s.see(blue("web", Ready, judged()), first, second(Exited), idle)
	if got := look(); got != "[green-web] [green-web/2] false" {
		t.Errorf("one down: %s", got)
	}
}
