package rollout

import (
	"testing"
	"time"

	"bg/labels"
)

func preview(header, host string) func(*Container) {
	return func(c *Container) { c.Spec.Preview = labels.Preview{Header: header, Host: host} }
}

// shown is what the route has of a preview of the color's service.
func (s *story) shown(c labels.Color, service string) labels.Preview {
	if b := s.app().Route.service(service).backend(c); b != nil {
		return b.Preview
	}
	return labels.Preview{}
}

func TestAPreviewIsOpenFromReadyToPromotion(t *testing.T) {
	want := labels.Preview{Header: "X-Preview=1"}
	s := live(begin(t), service("web", preview("X-Other=1", "")))
	s.stage.silent = true
	s.ship("b", service("web", manual, preview("X-Preview=1", ""), smoke("home", "direct"))).at(Smoke)
	s.serves("web: 100 blue-web@a, 0 green-web@b") // before it is tested, and without a share
	if got := s.shown("green", "web"); got != want {
		t.Errorf("it is open as %+v, want %+v", got, want)
	}
	if got := s.shown("blue", "web"); got != (labels.Preview{}) {
		t.Errorf("the active color is open as %+v", got)
	}
	s.stage.silent = false
	s.play().at(Traffic).run("canary 10").serves("web: 90 blue-web@a, 10 green-web@b")
	if got := s.shown("green", "web"); got != want {
		t.Errorf("in the canary it is open as %+v, want %+v", got, want)
	}
	s.run("promote").play().serves("web: 100 green-web@b")
	if got := s.shown("green", "web"); got != (labels.Preview{}) {
		t.Errorf("after the promotion it is open as %+v", got)
	}
}

func TestWithoutItsLabelsNothingIsOpen(t *testing.T) {
	live(begin(t), service("web", preview("X-Preview=1", ""))).ship("b", service("web", manual)).serves("web: 100 blue-web@a")
}

func TestTheHeaderOpensAllOfTheColorAndAHostOneService(t *testing.T) {
	s := live(begin(t), service("web"), service("api"), service("old"))
	s.ship("b", service("web", manual, preview("X-Preview=1", "next.test")), service("api"), service("new"))
	s.serves("api: 100 blue-api@a, 0 green-api@b", "old: 100 blue-old@a", "web: 100 blue-web@a, 0 green-web@b")
	for service, want := range map[string]labels.Preview{
		"web": {Header: "X-Preview=1", Host: "next.test"}, "api": {Header: "X-Preview=1"}, "old": {},
	} {
		if got := s.shown("green", service); got != want {
			t.Errorf("%s is open as %+v, want %+v", service, got, want)
		}
	}
}

func TestAPreviewIsWrittenAnewOnlyWhenItsServersChange(t *testing.T) {
	web := preview("X-Preview=1", "")
	s := begin(t).settle(blue("web", Ready))
	s.settle(blue("web", Ready), green("web", Ready, manual, web), green("web/2", Ready, manual, web))
	s.serves("web: 100 blue-web, 0 green-web green-web/2")
	written := s.generated
	s.pass(time.Minute).turn("green-web", Unknown).pass(time.Minute).turn("green-web", Ready)
	if s.generated != written {
		t.Errorf("written %d times for nothing", s.generated-written)
	}
	s.turn("green-web", Unhealthy).serves("web: 100 blue-web, 0 green-web/2")
	if s.generated != written+1 {
		t.Errorf("written %d times for one server", s.generated-written)
	}
}

func TestAPreviewThatFallsIsClosed(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, manual, preview("", "next.test")))
	s.serves("web: 100 blue-web, 0 green-web").turn("green-web", Exited).roles(Active, Demoted).serves("web: 100 blue-web")
	s.turn("green-web", Ready).serves("web: 100 blue-web") // demoted is demoted
}

func TestAPreviewDrainsBeforeItIsStopped(t *testing.T) {
	s := live(begin(t)).ship("b", service("web", manual, preview("X-Preview=1", "")))
	s.serves("web: 100 blue-web@a, 0 green-web@b").run("rollback").play().serves("web: 100 blue-web@a")
	s.run("begin digest=cccccccc").play().at(Clear).pass(5*time.Second).is("green-web@b", Ready) // somebody may be looking at it
	s.pass(10*time.Second).is("green-web@b", Exited)
}
