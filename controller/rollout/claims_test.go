package rollout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

// evil makes a container of another app than shop.
func evil(name string, change ...func(*Container)) *Container {
	return green(name, Ready, slices.Concat([]func(*Container){of("evil")}, change)...)
}

// denied wants the other app denied what its labels ask for, told once, and
// shop untouched by it.
func (s *story) denied(why string) *story {
	s.t.Helper()
	a := s.state.Apps["evil"]
	if a == nil || a.Route != nil || a.Active != "" || a.Green.Denied == "" {
		s.t.Fatalf("the other app is %s", dump(a))
	}
	n := 0
	for _, e := range s.events {
		if e.Change == Denied && e.App == "evil" {
			n++
		}
	}
	if e := s.events[len(s.events)-1]; n != 1 || e.Change != Denied || !strings.Contains(e.Cause, why) || e.Actor != bg {
		s.t.Errorf("told %d times, last %s: %q; want %q", n, e.Change, e.Cause, why)
	}
	if got := s.view("evil").Colors[1].Why; !strings.Contains(got, why) {
		s.t.Errorf("shown is %q, want %q", got, why)
	}
	return s.serves("web: 100 blue-web")
}

func (s *story) view(app string) View {
	s.t.Helper()
	for _, v := range Views(s.state, world(s.seen...), s.policy) {
		if v.App.Name == app {
			return v
		}
	}
	s.t.Fatalf("no app %s is shown", app)
	return View{}
}

// routed wants the other app to serve.
func (s *story) routed() *story {
	s.t.Helper()
	if a := s.state.Apps["evil"]; a == nil || a.Route == nil || a.Green.Denied != "" {
		s.t.Fatalf("the other app is %s", dump(a))
	}
	return s
}

func onHost(host string, rank int64) *Container { return blue("web", Ready, asking(host, rank)) }

// Attack 1 of the bar: claims another app's host: refused, in the history (first owner wins).
func TestAHostBelongsToTheAppThatHadItFirst(t *testing.T) {
	for claim, rank := range map[string]int64{"a.example": 17, "*.example": 17, labels.Every: 99} {
		s := begin(t).settle(onHost("a.example", 17))
		generation := s.app().Generation
		s.settle(onHost("a.example", 17), evil("web", asking(claim, rank))).after(time.Hour)
		if claim == "a.example" {
			s.denied("host a.example belongs to app shop since 2026-11-23T12:00:01Z: change the rule")
		} else {
			s.denied("would take host a.example from app shop, whose router has 17")
		}
		if s.app().Generation != generation {
			t.Error("the route of the first app was written anew")
		}
	}
}

// Attack 2 of the bar: higher priority for another's host: refused.
func TestAPriorityWinsNoHost(t *testing.T) {
	s := begin(t).settle(onHost("a.example", 17))
	for _, rank := range []int64{-5, 17, 18, 1 << 40} {
		s.settle(onHost("a.example", 17), evil("web", asking("a.example", rank))).denied("belongs to app shop")
		s.events = nil
		s.see(s.seen[0])
	}
	for _, rank := range []int64{17, 18, OwnRank - 1} {
		s.settle(onHost("a.example", 17), evil("web", asking(labels.Every, rank))).denied("give it a lower priority")
		s.events = nil
		s.see(s.seen[0])
	}
	s.settle(onHost("a.example", 17), evil("web", asking(labels.Every, 16))).routed()
}

func TestAHostCannotBeTakenFromBelowACatchAllThatComesBeforeIt(t *testing.T) {
	s := begin(t).settle(onHost(labels.Every, 30))
	s.settle(s.seen[0], evil("web", asking("b.example", 17))).denied("app shop has a rule for all hosts with priority 30, which would keep host b.example from a router with 17: give this one a higher priority")
	s.settle(s.seen[0], evil("web@2", asking("b.example", 31))).routed()
}

func TestTwoAppsCannotBothHaveAllHosts(t *testing.T) {
	for _, c := range []struct{ first, second, why string }{
		{labels.Every, labels.Every, "all hosts belong to app shop since"},
		{"*.example", labels.Every, "the hosts below example belong to app shop"},
		{labels.Every, "*.example", "all hosts belong to app shop"},
		{"*.b.example", "*.example", "the hosts below b.example belong to app shop"},
	} {
		s := begin(t).settle(onHost(c.first, 5))
		s.settle(s.seen[0], evil("web", asking(c.second, 1))).denied(c.why)
	}
	s := begin(t).settle(onHost("*.a.example", 5))
	s.settle(s.seen[0], evil("web", asking("*.b.example", 5))).routed()
}

func TestAPreviewRaisesARuleForAllHosts(t *testing.T) {
	preview := func(c *Container) {
		asking(labels.Every, 1)(c)
		c.Spec.Preview.Header = "Accept=*/*"
		c.Spec.HTTP.Routers[0].Options = `{"priority":"1000","rule":"Host(` + "`b`" + `)"}`
	}
	s := begin(t).settle(onHost("a.example", 17))
	s.settle(s.seen[0], evil("web", preview)).denied("a rule for all hosts has priority 1001")
}

// Attack 2 of the bar: higher priority for another's host: refused.
func TestNobodyHasBgsOwnHosts(t *testing.T) {
	s := begin(t).settle(blue("web", Ready))
	for _, c := range []labels.Claim{{Name: "confirm.bg.internal", Rank: 1}, {Name: "bg.internal", Rank: 1}, {Name: "*.bg.internal", Rank: 1}, {Name: "*.internal", Rank: OwnRank}, {Name: labels.Every, Rank: OwnRank}} {
		s.settle(s.seen[0], evil("web", asking(c.Name, c.Rank))).denied("above bg's own routers")
		s.events = nil
		s.see(s.seen[0])
	}
}

func TestWhatTakesAHostInPlaceLeavesTheRuleThatWasThere(t *testing.T) {
	mine := evil("web", asking("b.example", 17))
	s := begin(t).settle(onHost("a.example", 17)).settle(onHost("a.example", 17), mine).routed()
	s.settle(onHost("a.example", 17), evil("web@2", asking("a.example", 17)))
	a := s.state.Apps["evil"]
	if a.Green.Denied == "" || a.Claims[0].Name != "b.example" || len(a.Claims) != 1 || a.Route.Claims[0].Name != "b.example" {
		t.Errorf("the other app is %s", dump(a))
	}
	if got := serving(a.Route); !slices.Equal(got, []string{"web: 100 evil-green-web@2"}) {
		t.Errorf("served is %v", got)
	}
	s.serves("web: 100 blue-web")
}

func TestColorsOfOneAppShareItsHosts(t *testing.T) {
	begin(t).settle(onHost("a.example", 17)).settle(onHost("a.example", 17), green("web", Ready, asking("a.example", 1))).
		roles(Standby, Active).serves("web: 100 green-web")
}

// The labels of a container that Docker does not answer for may be known in part.
func TestAStandbyOutOfSightKeepsItsHosts(t *testing.T) {
	s := live(begin(t), service("web", asking("a.example", 17))).ship("b", service("web", asking("b.example", 17)))
	lost := *s.seen[0]
	lost.Condition, lost.Spec = Unknown, &labels.Spec{App: "shop", Color: labels.Blue, Service: "web", Release: lost.Spec.Release}
	s.settle(&lost, s.seen[1], evil("web", asking("a.example", 17)))
	if a := s.state.Apps["evil"]; a.Route != nil || !strings.Contains(a.Green.Denied, "host a.example belongs to app shop since") {
		t.Errorf("the other app is %s", dump(a))
	}
}

// A host can go to another app once nobody can go back to the color that had it.
func TestAStandbyKeepsTheHostsThatItHad(t *testing.T) {
	s := live(begin(t), service("web", asking("a.example", 17))).ship("b", service("web", asking("b.example", 17))).roles(Standby, Active)
	taker := evil("web", asking("a.example", 17))
	s.seen = append(s.seen, taker)
	s.pass(Settle)
	if a := s.state.Apps["evil"]; !strings.Contains(a.Green.Denied, "belongs to app shop since 2026-11-23T12:00:0") {
		t.Fatalf("denied is %q", a.Green.Denied)
	}
	s.pass(6*time.Minute).ended(Done, "").routed()
	s.refuses("rollback", "blue of shop cannot come back: host a.example belongs to app evil since").roles(Retired, Active)
}

func TestAReleaseThatTakesAHostWaitsForItAsLongAsItMayTakeToGetReady(t *testing.T) {
	s := live(begin(t), service("web", asking("b.example", 17)))
	s.settle(append(s.seen, evil("web", asking("a.example", 17)))...).routed()
	s.ship("b", service("web", asking("a.example", 17))).at(Start)
	if got := s.view("shop").Waits; !strings.HasPrefix(got, "host a.example belongs to app evil since") {
		t.Errorf("it waits for %q", got)
	}
	s.pass(10*time.Minute).ended(TimedOut, "not ready within 10m0s: host a.example belongs to app evil since").serves("web: 100 blue-web@a")
}

func TestAHostGoesToAnotherAppInOneStepWhateverTheirNames(t *testing.T) {
	for _, name := range []string{"another", "zoo"} {
		taker := green("web", Ready, of(name), asking("a.example", 17))
		s := begin(t).settle(onHost("a.example", 17)).settle(onHost("a.example", 17), taker)
		if s.state.Apps[name].Route != nil {
			t.Fatalf("%s has the host already", name)
		}
		before := s.state.Generation
		s.see(blue("web@2", Ready, asking("b.example", 17)), taker)
		if a := s.state.Apps[name]; a.Route == nil || a.Generation != before+1 || s.app().Generation != before+1 {
			t.Errorf("%s is %s", name, dump(a))
		}
	}
}

func TestAnAppWithoutContainersKeepsItsHostsAsLongAsItsRoute(t *testing.T) {
	taker := evil("web", asking("a.example", 17))
	s := begin(t).settle(onHost("a.example", 17)).see().settle(taker)
	if s.state.Apps["evil"].Route != nil {
		t.Fatal("the host was taken at once")
	}
	s.after(ForgetAfter).routed()
	if s.state.Apps["shop"] != nil {
		t.Error("shop is not forgotten")
	}
}

func TestOfTwoAppsThatWereThereBeforeBgOneGetsTheHost(t *testing.T) {
	s := begin(t).settle(onHost("a.example", 17), evil("web", asking("a.example", 17)))
	owners := 0
	for _, a := range s.state.Apps {
		if a.Route != nil {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d apps have the host: %s", owners, dump(s.state))
	}
}

func TestTheStateOfAnOlderControllerGetsItsClaimsFromTheRoutes(t *testing.T) {
	rule := func(c *Container) {
		c.Spec.HTTP.Routers[0].Options = `{"priority":"17","rule":"Host(` + "`a.example`" + `)"}`
		c.Spec.HTTP.Claims = labels.Claims("shop", c.Spec.HTTP)
		c.Spec.Claims = c.Spec.HTTP.Claims
	}
	s := begin(t).settle(blue("web", Ready, rule))
	want, generation := s.app().Claims, s.state.Generation
	old := *s.app()
	route := *old.Route
	old.Claims, old.Route, route.Claims = nil, &route, nil
	s.state = Resume(State{Generation: s.state.Generation, Confirmed: s.state.Confirmed, Apps: map[string]*App{"shop": &old}})
	if diff := cmp.Diff(want, s.app().Claims); diff != "" {
		t.Error(diff)
	}
	s.settle(s.seen[0], evil("web", asking("a.example", 17))).denied("belongs to app shop")
	if s.state.Generation != generation {
		t.Error("the routing was written anew")
	}
}

func TestNamesOfOtherAppsAndOfTheProxyAreNotToBeHad(t *testing.T) {
	for name, why := range map[string]string{
		"shop-web@file":       "shop-web@file is a name of app shop",
		"shop-web-green@file": "is a name of app shop",
		"api@internal":        "api@internal is the proxy's own: remove it, or allow it in the policy file (internal: [evil])",
	} {
		s := begin(t).settle(blue("web", Ready))
		s.settle(s.seen[0], evil("web", asking(name, 0))).denied(why)
	}
	s := begin(t).settle(blue("web", Ready))
	s.policy = &Policy{Internal: []string{"evil"}}
	s.settle(s.seen[0], evil("web", asking("api@internal", 0))).routed()
	s.settle(s.seen[0], evil("web@2", asking("other-web@file", 0))).routed()
	s.settle(s.seen[0], s.seen[1], green("web", Ready, of("third"), asking(labels.Every, 1)))
	if a := s.state.Apps["third"]; a.Route == nil {
		t.Errorf("these are no hosts: %s", a.Green.Denied)
	}
}

// What comes later under a name that an app refers to takes nothing from it.
func TestAnAppCannotTakeAwayWhatAnotherOneRefersTo(t *testing.T) {
	refers := func(c *Container) {
		c.Spec.HTTP.Claims = append(c.Spec.HTTP.Claims, labels.Claim{Name: "zoo-auth@file"})
	}
	s := begin(t).settle(blue("web", Ready, refers)).settle(blue("web", Ready, refers), green("web", Ready, of("zoo")))
	s.settle(s.seen[0], s.seen[1], green("web", Ready, refers)).roles(Standby, Active)
	if s.app().Green.Denied != "" {
		t.Errorf("denied: %s", s.app().Green.Denied)
	}
}
