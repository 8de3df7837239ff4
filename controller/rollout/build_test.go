package rollout

import (
	"testing"

	"bg/labels"
)

func TestAllServicesSwitchInOneGeneration(t *testing.T) {
	up := []*Container{blue("web", Ready), blue("api", Ready)}
	s := begin(t).settle(up...).see(append(up, green("web", Ready), green("api", Starting))...)
	before := s.generated
	s.settle(append(up, green("web", Ready), green("api", Ready))...).serves("api: 100 green-api", "web: 100 green-web")
	if s.generated != before+1 {
		t.Errorf("%d generations, want 1", s.generated-before)
	}
}

func TestReplicasJoinAndLeaveInPlace(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	s.see(blue("web", Ready), blue("web/2", Starting)).serves("web: 100 blue-web")
	s.see(blue("web", Ready), blue("web/2", Ready)).serves("web: 100 blue-web blue-web/2")
	s.see(blue("web/2", Ready)).serves("web: 100 blue-web/2").roles(Active, "")
	s.told("promote 100/0 bg")
}

func TestAServiceAddedInPlaceJoinsOnlyWhenReady(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), blue("api", Starting)).serves("web: 100 blue-web")
	s.settle(blue("web", Ready), blue("api", Ready)).serves("api: 100 blue-api", "web: 100 blue-web")
	s.see(blue("web", Ready), blue("api", Unhealthy)).serves("api: 100 blue-api", "web: 100 blue-web")
	if got := s.app().Blue.Services; len(got) != 2 {
		t.Errorf("blue must keep up %v", got)
	}
	s.settle(append(s.seen, green("web", Ready, manual), green("api", Ready, manual))...).roles(Demoted, Active)
}

func TestAServiceThatTheCandidateLacksStaysWithTheActiveColor(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("api", Ready))
	s.settle(append(s.seen, green("web", Ready, manual), green("new", Ready, manual))...).run("canary 20")
	s.serves("api: 100 blue-api", "web: 80 blue-web, 20 green-web")
	s.run("promote").serves("new: 100 green-new", "web: 100 green-web")
}

func TestAServiceDeadInTheActiveColorIsTheCandidatesAlone(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("api", Ready))
	s.settle(append(s.seen, green("web", Ready, manual), green("api", Ready, manual))...).run("canary 20")
	s.see(blue("web", Ready), blue("api", Exited), green("web", Exited, manual), green("api", Ready, manual))
	s.roles(Active, Candidate).serves("api: 100 green-api", "web: 100 blue-web")
}

func TestAReplicaOnAnotherPortWaitsUntilTheLabelsAgree(t *testing.T) {
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), blue("web@v2", Ready, port(81))).serves("web: 100 blue-web")
	s.see(blue("web@v2", Ready, port(81))).serves("web: 100 blue-web@v2")
	if got := s.app().Route.Services[0].Backends[0].Options.Port; got != 81 {
		t.Errorf("port is %d", got)
	}
}

func TestTheActiveColorsRoutersAreInForce(t *testing.T) {
	rule := func(text string) func(*Container) {
		return func(c *Container) { c.Spec.HTTP.Routers[0].Options = text; manual(c) }
	}
	s := begin(t).settle(blue("web", Ready)).settle(blue("web", Ready), green("web", Ready, rule(`{"rule":"new"}`))).run("canary 50")
	before := s.app().Route.Routers[0].Options
	if s.run("canary 100"); s.app().Route.Routers[0].Options != before || s.app().Route.Source != "blue" {
		t.Errorf("routers are %v of %s", s.app().Route.Routers, s.app().Route.Source)
	}
	if s.run("promote"); s.app().Route.Routers[0].Options != `{"rule":"new"}` || s.app().Route.Source != "green" {
		t.Errorf("routers are %v of %s", s.app().Route.Routers, s.app().Route.Source)
	}
}

func TestWhatAWorkerDefinesStaysWhileItIsDown(t *testing.T) {
	define := func(c *Container) {
		c.Spec.HTTP = labels.HTTP{
			Middlewares: []labels.Object{{Name: "auth", Options: "{}"}},
			Routers:     []labels.Router{{Name: "extra", Service: "web", Options: "{}"}},
		}
	}
	need := func(c *Container) { c.Spec.HTTP.Needs = []string{"middleware auth"} }
	s := begin(t).settle(blue("web", Ready, need), blue("worker", Ready, define))
	s.see(blue("web", Ready, need), blue("worker", Exited, define))
	if r := s.app().Route; len(r.Routers) != 2 || len(r.Middlewares) != 1 {
		t.Errorf("route is %s", dump(r))
	}
	s.see(blue("web", Ready, need)).serves("web: 100 blue-web")
	if r := s.app().Route; len(r.Routers) != 2 || len(r.Middlewares) != 1 {
		t.Errorf("with the worker gone the route is %s", dump(r))
	}
}

func TestAColorWithoutAnyRouteIsReleasedToo(t *testing.T) {
	s := begin(t).settle(blue("worker", Ready, unrouted)).roles(Active, "").serves()
	s.settle(blue("worker", Ready, unrouted), green("worker", Ready, unrouted)).roles(Standby, Active)
}

func TestWhatIsUnknownKeepsThePlaceItHas(t *testing.T) {
	s := begin(t).settle(blue("web", Ready), blue("web/2", Ready))
	s.see(blue("web", Unknown, at("10.0.0.9")), blue("web/2", Unknown)).serves("web: 100 blue-web blue-web/2")
	if got := s.app().Route.Services[0].Backends[0].Servers[0].Address; got == "10.0.0.9" {
		t.Error("the address of an unknown container changed")
	}
	s.see(blue("web", Unknown), blue("web/2", Exited)).serves("web: 100 blue-web")
	s.settle(blue("web", Unknown), green("web", Unknown)).roles(Active, Candidate).serves("web: 100 blue-web")
	s.settle(blue("web", Unknown), green("web", Ready)).roles(Standby, Active)
	s.settle(blue("web", Unknown), green("web", Unknown)).roles(Standby, Active).serves("web: 100 green-web")
}

func TestAnUnknownContainerLosesAnAddressThatAnotherHas(t *testing.T) {
	s := begin(t).settle(blue("web", Ready, at("10.0.0.9")))
	s.see(blue("web", Unknown), blue("web", Ready, of("api"), at("10.0.0.9"))).serves("web: 100")
}
