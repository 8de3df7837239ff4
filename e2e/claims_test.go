package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bg/controller/api"
)

// Attack 1 of the bar: claims another app's host: refused, in the history (first owner wins).
// Attack 2 of the bar: higher priority for another's host: refused.
func TestAHostAnswersForItsFirstAppAlone(t *testing.T) {
	s := ownStack(t) // a rule for all hosts would answer other tests' requests
	owner, thief := newApp(t, s), newApp(t, s)
	owner.release(blue, "v1")
	owner.await("blue serves", serves(blue))
	tr := owner.load(rate)

	const router = "traefik.http.routers.thief."
	equal, higher := fmt.Sprint(len("Host(`"+owner.host+"`)")), "1000000"
	asked := 0
	for _, x := range []struct{ rule, priority string }{
		{"Host(`OWNER`)", "-1"}, {"Host(`OWNER`)", equal}, {"Host(`OWNER`)", higher}, {"host(\"UPPER.\")", higher}, {"HOST(`OWNER`) || Host(`own.OWNER`)", higher},
		{"Method(`GET`) && Host(`OWNER`)", higher}, {"HostRegexp(`^OWNER$`)", higher}, {"HostRegexp(`.*`)", higher}, {"HostRegexp(`^[a-z0-9.]+$`)", equal},
		{"Host(`*`)", higher}, {"Host(`*.test`)", higher}, {"PathPrefix(`/`)", equal}, {"PathPrefix(`/`)", higher}, {"!Host(`nobody.test`)", higher},
	} {
		rule := strings.NewReplacer("OWNER", owner.host, "UPPER", strings.ToUpper(owner.host)).Replace(x.rule)
		thief.release(green, fmt.Sprint("v", asked), label(router+"rule", rule), label(router+"priority", x.priority), label(router+"entrypoints", "web"))
		// Compose has made another container: only what is said of that one counts.
		container := thief.docker("ps", "-q", "--no-trunc", "--filter", "name="+thief.container(green, "web", 1))
		thief.await("it is refused with both names", func(x api.App) error {
			c := color(x, green)
			if len(c.Containers) != 1 || c.Containers[0].ID != container || c.Containers[0].Condition != "ready" || !strings.Contains(x.Note, "app "+owner.name) || x.Active != "" {
				return fmt.Errorf("active %q, containers %+v, note %q", x.Active, c.Containers, x.Note)
			}
			return nil
		})
		tr.only(tr.more(rate/4), blue)
		asked++
	}
	refusals := thief.events("refuse")
	if len(refusals) == 0 || slices.ContainsFunc(refusals, func(e api.Event) bool { return !strings.Contains(e.Cause, owner.name) }) {
		t.Errorf("the history has %+v", refusals)
	}
	if x, _ := owner.await("nothing has changed", serves(blue)); len(owner.events("refuse")) > 0 || x.Phase != api.PhaseStable {
		t.Errorf("the first app is %+v", x)
	}

	// What takes nothing from anybody is served.
	thief.release(green, "v100", label(router+"rule", "PathPrefix(`/`)"), label(router+"priority", "1"))
	thief.await("green serves", serves(green))
	tr.only(tr.more(rate), blue)
	c := tr.lossless()
	t.Logf("%d rules, 0 of %d requests for the host answered by the other app", asked, c.total)
}
