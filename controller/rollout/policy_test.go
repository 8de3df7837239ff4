package rollout

import (
	"slices"
	"strings"
	"testing"

	"bg/labels"
)

func TestTheNarrowestKeyOfThePolicyCounts(t *testing.T) {
	p := &Policy{Hosts: map[string][]string{"a.b.example": {"exact"}, "*.b.example": {"below"}, "*.example": {"wide"}, labels.Every: {"all"}}}
	for name, want := range map[string]string{
		"a.b.example": "exact", "x.b.example": "below", "y.x.b.example": "below", "b.example": "wide", "example": "all", "other": "all",
		"*.b.example": "below", "*.a.b.example": "below", "*.example": "wide", "*.com": "all", labels.Every: "all",
	} {
		if got, found := p.owners(name); !found || !slices.Equal(got, []string{want}) {
			t.Errorf("%s belongs to %v, want %s", name, got, want)
		}
	}
	for _, p := range []*Policy{nil, {}, {Hosts: map[string][]string{"b.example": nil}}} {
		if _, found := p.owners("a.example"); found {
			t.Errorf("%+v lays something down", p)
		}
	}
}

func TestAppsOfThePolicyShareAHost(t *testing.T) {
	s := begin(t)
	s.policy = &Policy{Hosts: map[string][]string{"a.example": {"evil", "shop"}}}
	s.settle(onHost("a.example", 17)).settle(onHost("a.example", 17), evil("web", asking("a.example", 30))).routed().serves("web: 100 blue-web")
	s.settle(s.seen[0], s.seen[1], green("web", Ready, of("third"), asking("a.example", 1)))
	if a := s.state.Apps["third"]; a.Route != nil || !strings.Contains(a.Green.Denied, "lets evil, shop have host a.example, and not app third") {
		t.Errorf("the third is %s", dump(a))
	}
}

func TestARuleForAllHostsMayComeBeforeAHostThatThePolicyShares(t *testing.T) {
	s := begin(t)
	s.policy = &Policy{Hosts: map[string][]string{"a.example": {"evil", "shop"}}}
	s.settle(onHost("a.example", 17)).settle(onHost("a.example", 17), evil("web", asking(labels.Every, 30))).routed()
}

func TestAHostOfThePolicyWaitsForItsApp(t *testing.T) {
	s := begin(t)
	s.policy = &Policy{Hosts: map[string][]string{"*.example": {"shop"}}}
	s.settle(blue("web", Ready)).settle(s.seen[0], evil("web", asking("a.example", 17))).denied("the policy file lets shop have host a.example, and not app evil")
}

func TestAStricterPolicyTakesNothingAwayAndHoldsForWhatComesNext(t *testing.T) {
	s := begin(t).settle(onHost("a.example", 17))
	s.policy = &Policy{Hosts: map[string][]string{labels.Every: {}}}
	s.settle(s.seen...).serves("web: 100 blue-web").settle(s.seen[0], green("web", Ready, asking("a.example", 17))).roles(Standby, Active)
	s.settle(s.seen[0], s.seen[1], green("api", Ready, asking("b.example", 17)))
	if got := s.app().Green.Denied; !strings.Contains(got, "lets nobody have host b.example") {
		t.Errorf("denied is %q", got)
	}
}

func from(project string) func(*Container) { return func(c *Container) { c.Spec.Project = project } }

// Attack 25 of the bar: forged project or color label: refused by policy.
func TestOnlyTheProjectsOfThePolicySpeakForAnApp(t *testing.T) {
	s := begin(t)
	s.policy = &Policy{Projects: map[string][]string{"shop": {"shop-blue", "shop-green"}}}
	s.settle(blue("web", Ready, from("shop-blue")))
	for _, forged := range []*Container{
		green("web@x", Ready, from("evil")), green("web@x", Ready, from("")), blue("web@x", Ready, from("evil")), blue("api@x", Ready, from("Shop-blue")),
		green("web@x", Ready, from("evil"), invalid),
	} {
		s.settle(s.seen[0], forged).roles(Active, "").serves("web: 100 blue-web")
		strays := Strays(s.state, world(s.seen...), s.policy)
		if len(strays) != 1 || strays[0].ID != forged.ID || !strings.Contains(strays[0].Invalid, "lets Compose project shop-blue or shop-green speak for app shop") {
			t.Errorf("strays are %v", strays)
		}
		if n := len(s.view("shop").Colors[0].Containers) + len(s.view("shop").Colors[1].Containers); n != 1 {
			t.Errorf("%d containers are shown as shop's", n)
		}
	}
	s.settle(s.seen[0], green("web", Ready, from("shop-green"))).roles(Standby, Active)
}

func TestAPolicyOfProjectsTakesNoUsersAway(t *testing.T) {
	s := begin(t).settle(blue("web", Ready, from("shop-blu")), green("web", Ready, from("old")))
	s.policy = &Policy{Projects: map[string][]string{"shop": {"shop-blue"}}}
	s.settle(s.seen...).roles(Active, Standby).serves("web: 100 blue-web")
	s.settle(s.seen[0], s.seen[1], blue("web/2", Ready, from("evil"))).serves("web: 100 blue-web")
}
