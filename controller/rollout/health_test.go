package rollout

import (
	"fmt"
	"testing"
	"time"

	"bg/labels"
)

// examined gives a container bg's own health check.
func examined(c *Container) {
	c.Started = time.Unix(1, 0)
	c.Spec.Port = 80
	c.Spec.Health = labels.Health{Set: true, Path: "/up", Interval: time.Second, Timeout: time.Second, Failures: 3}
}

// found is what the check has found of a container's present life.
func found(c *Container, check Check) map[string]Check {
	check.Started, check.Address = c.Started, c.Address
	return map[string]Check{c.ID: check}
}

func TestTheCheckHasTheLastWordWhereDockerFindsNoFault(t *testing.T) {
	const fault = "GET /up: status 500, want 200-399"
	passing := Check{Passed: true}
	failing := Check{Passed: true, Failing: true, Fault: fault}
	mute := Check{Passed: true, Failing: true, Silent: true, Fault: fault}
	for name, tt := range map[string]struct {
		is     Condition
		check  Check
		want   Condition
		detail string
	}{
		"ready, passing":         {Ready, passing, Ready, ""},
		"unchecked, passing":     {Unchecked, passing, Ready, ""},
		"ready, failing":         {Ready, failing, Unhealthy, "bg's own check fails 3 times in a row: " + fault},
		"ready, silent":          {Ready, mute, Unhealthy, "bg's own check fails 3 times in a row: " + fault},
		"starting, silent":       {Starting, mute, Starting, "Docker's"},
		"unchecked, failing":     {Unchecked, failing, Unhealthy, "bg's own check fails 3 times in a row: " + fault},
		"ready, not asked yet":   {Ready, Check{}, Unproven, "bg's own check has not passed yet"},
		"unchecked, not asked":   {Unchecked, Check{}, Unproven, "bg's own check has not passed yet"},
		"ready, never passed":    {Ready, Check{Failing: true, Fault: fault}, Starting, "bg's own check has not passed yet: " + fault},
		"ready, nobody is heard": {Ready, Check{Passed: true, Failing: true, Silent: true, Deaf: true, Fault: "x"}, Unproven, "bg's own check fails 3 times in a row: x; nothing else on its network answers bg, so it may be bg's fault"},
		"starting, passing":      {Starting, passing, Starting, "Docker's"},
		"unhealthy, passing":     {Unhealthy, passing, Unhealthy, "Docker's"},
		"paused, passing":        {Paused, passing, Paused, "Docker's"},
		"stopping, failing":      {Stopping, failing, Stopping, "Docker's"},
		"unknown, passing":       {Unknown, passing, Unknown, "Docker's"},
	} {
		t.Run(name, func(t *testing.T) {
			c := blue("web", tt.is, examined)
			if c.Condition != Ready {
				c.Detail = "Docker's"
			}
			got := Checked(world(c), found(c, tt.check), nil).Containers[0]
			if silent := got.Condition == Unhealthy && tt.check.Silent; got.Silent != silent {
				t.Errorf("it is silent: %t, want %t", got.Silent, silent)
			}
			if got.Condition != tt.want || got.Detail != tt.detail {
				t.Errorf("it is %s (%s), want %s (%s)", got.Condition, got.Detail, tt.want, tt.detail)
			}
		})
	}
	once := blue("web", Ready, examined, func(c *Container) { c.Spec.Health.Failures = 1 })
	if got := Checked(world(once), found(once, failing), nil).Containers[0]; got.Detail != "bg's own check fails: "+fault {
		t.Errorf("failing once is told as %q", got.Detail)
	}
}

func TestWhatWasFoundOfAnotherLifeDoesNotCount(t *testing.T) {
	c := blue("web", Ready, examined)
	for name, change := range map[string]func(*Container){
		"it was started again":    func(c *Container) { c.Started = time.Unix(2, 0) },
		"it has another address":  func(c *Container) { c.Address = "10.9.9.9" },
		"it is another container": func(c *Container) { c.ID += "2" },
	} {
		now := blue("web", Ready, examined, change)
		if got := Checked(world(now), found(c, Check{Passed: true}), nil).Containers[0]; got.Condition != Unproven {
			t.Errorf("%s: it is %s", name, got.Condition)
		}
	}
}

func TestWhoCouldTakeTrafficIsAsked(t *testing.T) {
	https := func(c *Container) { c.Spec.HTTP.Services[0].Scheme = "https" }
	elsewhere := func(c *Container) { c.Spec.Network = "elsewhere" }
	w := world(
		blue("web", Ready, examined, https, elsewhere), blue("web/2", Unchecked, examined), blue("web/3", Starting, examined), blue("web/4", Unhealthy, examined),
		blue("no/1", Created, examined), blue("no/2", Paused, examined), blue("no/3", Stopping, examined), blue("no/4", Exited, examined),
		blue("no/5", Offline, examined), blue("no/6", Restarting, examined), blue("no/7", Unknown, examined),
		blue("no/8", Ready, examined, hook), blue("no/9", Ready, examined, invalid), blue("no/a", Ready),
		blue("no/b", Ready, examined, func(c *Container) { c.Spec.Port = 0 }),
	)
	var got []string
	for _, c := range Checkups(w) {
		got = append(got, c.ID)
	}
	if want := "[blue-web blue-web/2 blue-web/3 blue-web/4]"; fmt.Sprint(got) != want {
		t.Errorf("asked are %v, want %s", got, want)
	}
	c := w.Containers[len(w.Containers)-4]
	want := Checkup{ID: "blue-web", Started: time.Unix(1, 0), Address: c.Address, Port: 80, Scheme: "https", Network: "elsewhere", Health: c.Spec.Health}
	if got := Checkups(w)[0]; got != want {
		t.Errorf("asked is %+v, want %+v", got, want)
	}
	if Checkups(nil) != nil || Checked(nil, nil, w) != nil {
		t.Error("of what is not known something is asked")
	}
}

// The owner tells by the pointers whether there is anything to decide.
func TestWhatDidNotChangeKeepsItsPointer(t *testing.T) {
	a, b, other := blue("web", Ready, examined), green("web", Ready, examined), blue("api", Ready)
	w, all := world(a, b, other), found(a, Check{Passed: true})
	all[b.ID] = found(b, Check{Passed: true})[b.ID]
	if Checked(w, all, nil) != w {
		t.Error("with all passing it is not Docker's own world")
	}
	all[b.ID] = found(b, Check{Passed: true, Failing: true, Fault: "x"})[b.ID]
	first := Checked(w, all, w)
	if first == w || first.Containers[0] != other || first.Containers[1] != a || first.Containers[2] == b {
		t.Fatalf("with one failing it is %v of %v", first, w)
	}
	if b.Condition != Ready || w.Containers[2] != b {
		t.Error("what was passed in has changed")
	}
	if Checked(w, all, first) != first {
		t.Error("the same twice are two worlds")
	}
	next := Checked(world(a, b, blue("api", Exited)), all, first)
	if next == first || next.Containers[2] != first.Containers[2] {
		t.Error("a change elsewhere makes another container of the failing one")
	}
	if again := Checked(w, map[string]Check{a.ID: all[a.ID], b.ID: found(b, Check{Passed: true})[b.ID]}, first); again != w {
		t.Error("with all passing again it is not Docker's own world")
	}
}

func TestAColorWithoutADockerHealthCheckGetsReadyByBgsOwn(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	fresh := green("web", Unchecked, examined)
	lay := func(check Check) *Container {
		return Checked(world(fresh), found(fresh, check), nil).Containers[0]
	}
	s.settle(blue("web", Ready), lay(Check{})).roles(Active, Candidate).serves("web: 100 blue-web")
	s.settle(blue("web", Ready), lay(Check{Failing: true, Fault: "x"})).roles(Active, Candidate)
	s.settle(blue("web", Ready), lay(Check{Passed: true})).roles(Standby, Active).serves("web: 100 green-web")
	s.see(blue("web", Ready), lay(Check{Passed: true, Failing: true, Fault: "GET /up: no answer within 500ms"})).roles(Active, Demoted)
	if got, want := s.app().Blue.Cause, "green fell: container green-web is unhealthy (bg's own check fails 3 times in a row: GET /up: no answer within 500ms)"; got != want {
		t.Errorf("the cause is %q, want %q", got, want)
	}
}

// Fault 15.
func TestAColorWithoutAnyHealthCheckIsRefusedWithTheFix(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Unchecked, detail("it has no health check"))).roles(Active, Candidate)
	s.refuses("promote", "container green-web is unchecked (it has no health check); give its service a healthcheck, or label bg.health.path")
}

// I10: right after its start the controller has asked nobody.
func TestWhatIsUnprovenKeepsThePlaceItHas(t *testing.T) {
	up := []*Container{blue("web", Ready), green("web", Ready), green("web/2", Ready)}
	s := begin(t).settle(up[:1]...).settle(up...).roles(Standby, Active)
	s.see(blue("web", Unproven), green("web", Unproven), green("web/2", Unproven)).roles(Standby, Active).serves("web: 100 green-web green-web/2")
	s.see(blue("web", Ready), green("web", Unproven), green("web/2", Unproven)).roles(Standby, Active).serves("web: 100 green-web green-web/2")
	s.see(blue("web", Ready), green("web", Unproven), green("web/2", Unhealthy)).roles(Standby, Active).serves("web: 100 green-web")
	s.see(blue("web", Ready), green("web", Unproven), green("web/2", Unproven)).serves("web: 100 green-web")
	s.see(blue("web", Ready), green("web", Unhealthy), green("web/2", Unproven)).roles(Active, Demoted).serves("web: 100 blue-web")
}

func TestWhatIsUnprovenGetsNothingNew(t *testing.T) {
	t.Run("as a standby", func(t *testing.T) {
		s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready))
		s.see(blue("web", Unproven), green("web", Exited)).roles(Standby, Active).refuses("rollback", "container blue-web is unproven")
		s.see(blue("web", Ready), green("web", Exited)).roles(Active, Demoted)
	})
	t.Run("as a candidate", func(t *testing.T) {
		s := waiting(t).see(blue("web", Ready), green("web", Unproven, manual)).roles(Active, Candidate)
		s.refuses("promote", "container green-web is unproven").see(blue("web", Ready), green("web", Ready, manual)).run("promote")
	})
	t.Run("with another address", func(t *testing.T) {
		s := begin(t).settle(blue("web", Ready), blue("web/2", Ready))
		s.see(blue("web", Unproven, at("10.9.9.9")), blue("web/2", Ready)).serves("web: 100 blue-web/2")
	})
}

func TestAnUnprovenStandbyGoesOnRescuingButDoesNotBeginTo(t *testing.T) {
	for _, doubt := range []Condition{Unproven, Unknown} {
		s := live(begin(t), service("web", failover)).ship("b", service("web", failover)).at(Soak)
		s.proxy = &Proxy{Failover: true}
		s.decide(Input{})
		rescues := func(want labels.Color) {
			t.Helper()
			if got := s.app().Route.Services[0].Rescue; got != want {
				t.Errorf("%q rescues, want %q", got, want)
			}
		}
		rescues(labels.Blue)
		generation := s.state.Generation
		s.turn("blue-web@a", doubt)
		if rescues(labels.Blue); s.state.Generation != generation {
			t.Errorf("%s: generation %d, then %d", doubt, generation, s.state.Generation)
		}
		s.turn("blue-web@a", Unhealthy)
		rescues("")
		s.turn("blue-web@a", doubt)
		rescues("")
		s.turn("blue-web@a", Ready)
		rescues(labels.Blue)
	}
}

// Somebody else is heard again, and of two that hang one is always the first to
// be found out.
func TestWhoIsSilentGivesWayOnlyToWhoIsHeard(t *testing.T) {
	doubtful := func() *story {
		s := live(begin(t), service("web", failover)).ship("b", service("web", failover)).at(Soak)
		s.proxy = &Proxy{Failover: true}
		s.decide(Input{})
		return s.turn("blue-web@a", Unproven).roles(Standby, Active)
	}
	silent := func(c *Container) { c.Silent = true }
	s := doubtful().turn("green-web@b", Unhealthy, silent).roles(Standby, Active)
	s.turn("blue-web@a", Unhealthy, silent).roles(Standby, Active)
	s.turn("blue-web@a", Ready).roles(Active, Demoted)
	doubtful().turn("green-web@b", Unhealthy, silent).turn("blue-web@a", Ready).roles(Active, Demoted)
	// What is certain of the active one is enough.
	doubtful().turn("green-web@b", Unhealthy).roles(Active, Demoted)
	doubtful().turn("green-web@b", Exited).roles(Active, Demoted)
}

func TestACanaryDoesNotClimbWhileItIsUnproven(t *testing.T) {
	s := climbing(t).pass(30 * time.Second)
	s.turn("green-web@b", Unproven).pass(5 * time.Minute).serves("web: 95 blue-web@a, 5 green-web@b").at(Traffic)
	s.turn("green-web@b", Ready).pass(35 * time.Second).serves("web: 75 blue-web@a, 25 green-web@b")
}

// What never gets proven was seen to run all the time: its release ends.
func TestACandidateThatStaysUnprovenTimesOut(t *testing.T) {
	s := live(begin(t))
	s.create("b", service("web", func(c *Container) { c.Spec.Deadline = time.Minute }))
	s.stage.hangs = map[string]bool{"web": true}
	s.proceed().turn("green-web@b", Unproven, detail("bg's own check has not passed yet")).at(Start)
	s.pass(2*time.Minute).ended(TimedOut, "container green-web@b is unproven (bg's own check has not passed yet)").is("green-web@b", Exited)
}

// Where bg's own network or the machine fails, everybody fails at once: there
// is nobody to give the users to.
func TestWhereAllFailAtOnceNothingMoves(t *testing.T) {
	var up, down []*Container
	for i := range 20 {
		app := of(fmt.Sprint("app", i))
		up = append(up, blue("web", Ready, app), green("web", Ready, app))
		down = append(down, blue("web", Unhealthy, app), green("web", Unhealthy, app))
	}
	s := begin(t)
	for i := range up {
		if i%2 == 0 {
			s.settle(up[:i+1]...) // blue first
		}
	}
	s.settle(up...)
	before, generation := len(s.events), s.state.Generation
	s.see(down...).after(time.Minute).see(up...).after(time.Minute)
	for name, app := range s.state.Apps {
		if app.Active != labels.Green || app.Blue.Role != Standby {
			t.Errorf("%s: active is %s, blue is %s", name, app.Active, app.Blue.Role)
		}
	}
	for _, e := range s.events[before:] {
		if e.Change != Alarmed { // people are told, each app's once
			t.Errorf("told is %+v", e)
		}
	}
	if told := len(s.events) - before; told != 20 || s.state.Generation != generation {
		t.Errorf("generation %d, then %d; %d alarms", generation, s.state.Generation, told)
	}
}
