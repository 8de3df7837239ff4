package rollout

import (
	"testing"
	"time"
)

func sticky(c *Container) { c.Spec.Sticky = true }

// split returns what names the split of web.
func (s *story) split() string { return s.app().Route.service("web").Sticky }

func TestVisitorsKeepTheirColorForAsLongAsARelease(t *testing.T) {
	s := live(begin(t), service("web", sticky)).ship("b", service("web", sticky, manual))
	if got := s.split(); got != "" {
		t.Errorf("before the canary visitors keep a color by %q", got)
	}
	s.run("canary 10")
	first := s.split()
	s.pass(time.Minute).run("canary 30")
	if got := s.split(); first == "" || got != first {
		t.Errorf("at 10%% it is %q, at 30%% %q", first, got)
	}
	s.run("canary 100")
	if got := s.split(); got != "" {
		t.Errorf("with one color alone visitors keep it by %q", got)
	}
	if s.run("canary 50"); s.split() != first {
		t.Errorf("back from 100%% it is %q, it was %q", s.split(), first)
	}
	s.run("rollback").play()
	if got := s.split(); got != "" {
		t.Errorf("after the rollback visitors keep a color by %q", got)
	}
	s.ship("c", service("web", sticky, manual)).run("canary 10")
	if got := s.split(); got == "" || got == first {
		t.Errorf("the next release splits by %q, the one before did by %q", got, first)
	}
}

func TestOnlyAServiceThatAsksForItKeepsItsVisitors(t *testing.T) {
	s := live(begin(t), service("web"), service("api")).ship("b", service("web", sticky, manual), service("api", manual)).run("canary 10")
	if web, api := s.split(), s.app().Route.service("api").Sticky; web == "" || api != "" {
		t.Errorf("web splits by %q, api by %q", web, api)
	}
}

func TestACanaryThatKeepsItsVisitorsIsRescuedToo(t *testing.T) {
	able := func(c *Container) { c.Spec.Failover = true }
	s := begin(t)
	s.proxy = &Proxy{Failover: true}
	live(s, service("web", sticky, able)).ship("b", service("web", sticky, able, manual)).run("canary 10")
	if got := s.app().Route.service("web"); got.Rescue != "blue" || got.Sticky == "" {
		t.Errorf("rescue by %q, sticky by %q", got.Rescue, got.Sticky)
	}
}
