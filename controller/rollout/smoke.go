package rollout

import (
	"fmt"

	"bg/labels"
)

// smoke has the smoke tests of the step run, once, and reports whether all
// have passed. One that fails ends the run.
func (t *turn) smoke(via string) bool {
	r := t.app.Run
	if r.Tested {
		return true
	}
	tests := t.tests(r.Color, via)
	if len(tests) == 0 {
		return true
	}
	key := fmt.Sprintf("%s/%s/%s/%d", t.app.Name, r.Color, r.Step, r.Entered.UnixNano())
	for _, v := range t.in.Verdicts {
		switch {
		case v.Key != key:
		case v.Fault != "":
			t.fail(TakenBack, v.Fault)
			return false
		default:
			t.edit(func(r *Run) { r.Tested = true })
			return true
		}
	}
	t.actions = append(t.actions, Action{Kind: ActTest, App: t.app.Name, Key: key, Tests: tests})
	return false
}

// tests returns the color's smoke tests of one kind: the direct ones for
// every container that is ready, those through the proxy once for each service.
func (t *turn) tests(c labels.Color, via string) []Test {
	var out []Test
	done := map[string]bool{}
	for _, m := range t.members.of(c) {
		if !m.ready() && via == "direct" || !m.valid() || t.parked(m) {
			continue
		}
		for _, s := range m.Spec.Smoke {
			if s.Via != via || via == "proxy" && done[m.Spec.Service+"/"+s.Name] {
				continue
			}
			done[m.Spec.Service+"/"+s.Name] = true
			test := Test{Smoke: s, Container: m.Name}
			if via == "direct" {
				test.Address, test.Port, test.Scheme = m.Address, m.Spec.Port, scheme(m.Spec)
			} else {
				test.Router = t.router(m.Spec)
			}
			out = append(out, test)
		}
	}
	return out
}

func scheme(s *labels.Spec) string {
	for _, service := range s.HTTP.Services {
		if service.Port == s.Port {
			return service.Scheme
		}
	}
	return "http"
}

// router returns the options of the first router that leads to a service of
// the spec.
func (t *turn) router(s *labels.Spec) string {
	if t.app.Route == nil {
		return ""
	}
	for _, r := range t.app.Route.Routers {
		for _, service := range s.HTTP.Services {
			if r.Service == service.Name {
				return r.Options
			}
		}
	}
	return ""
}
