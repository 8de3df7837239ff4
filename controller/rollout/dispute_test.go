package rollout

import (
	"testing"
	"time"
)

func born(second int64) func(*Container) {
	return func(c *Container) { c.Started = time.Unix(second, 0) }
}

func TestAnAddressBelongsToWhoStartedLast(t *testing.T) {
	old, young := blue("web", Ready, at("10.0.0.1"), born(1)), blue("api", Ready, at("10.0.0.1"), born(2))
	for name, tt := range map[string]struct {
		seen *World
		web  Condition
	}{
		"both claim it":              {world(old, young), Offline},
		"each has its own":           {world(old, blue("api", Ready, at("10.0.0.2"), born(2))), Ready},
		"the later one has ended":    {world(old, blue("api", Exited, at("10.0.0.1"), born(2))), Ready},
		"the later one is stopping":  {world(old, blue("api", Stopping, at("10.0.0.1"), born(2))), Offline},
		"the later one has none":     {world(old, blue("api", Offline, born(2))), Ready},
		"they began together":        {world(old, blue("api", Ready, at("10.0.0.1"), born(1))), Ready},
		"the later one is not known": {world(old, blue("api", Unknown, at("10.0.0.1"), born(2))), Ready},
	} {
		t.Run(name, func(t *testing.T) {
			got := Undisputed(tt.seen, nil)
			for _, c := range got.Containers {
				switch {
				case c.ID != "blue-web":
				case c.Condition != tt.web:
					t.Errorf("web is %s (%s), want %s", c.Condition, c.Detail, tt.web)
				case c.Condition == Offline && (c.Address != "" || c.Detail != "container blue-api has its address now"):
					t.Errorf("web is %+v", c)
				}
			}
			if (tt.web == Ready) != (got == tt.seen) {
				t.Error("a world without a dispute is handed on as it is, and no other")
			}
		})
	}
	if old.Condition != Ready || Undisputed(nil, nil) != nil {
		t.Error("what was passed in is changed")
	}
	first := Undisputed(world(old, young), nil)
	if again := Undisputed(world(old, young), first); again.Containers[1] != first.Containers[1] {
		t.Error("what did not change has another pointer")
	}
}

func TestUsersAreNotSentToWhoHasTheAddressOfTheirContainerNow(t *testing.T) {
	shop := blue("web", Ready, at("10.0.0.1"), born(1))
	s := begin(t).settle(shop, blue("web/2", Ready, at("10.0.0.2"), born(1))).serves("web: 100 blue-web blue-web/2")
	s.see(Undisputed(world(append(s.seen, green("web", Ready, at("10.0.0.1"), born(2), of("api")))...), nil).Containers...)
	s.serves("web: 100 blue-web/2")
}
