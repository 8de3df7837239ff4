package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

func TestThoseWhoKnowReachTheCandidateBeforeItHasTraffic(t *testing.T) {
	const secret = "open-sesame"
	a := newApp(t, sharedStack(t))
	next := "next." + a.host
	a.release(blue, "v1")
	a.await("blue serves", serves(blue))
	open := func(r *stack.Release) {
		r.Labels = map[string]string{"bg.preview.header": "X-Preview=" + secret, "bg.preview.host": next}
	}
	v := a.visitor()
	wants := func(want string, method, path string, header ...string) {
		t.Helper()
		for range 10 {
			if got, err := v.visit(method, path, header...); err != nil || got != want {
				t.Errorf("%s %s with %q is answered by %q, %v; want %q", method, path, header, got, err, want)
				return
			}
		}
	}
	wants(blue, "GET", "/", "X-Preview", secret) // nobody has asked for a preview
	tr := a.load(rate)
	a.release(green, "v2", manual, open)
	x, live := a.await("green waits", phase(api.PhaseReady))
	if want := "green, at " + next + " or with the header X-Preview"; x.Preview != want {
		t.Errorf("the status tells of the preview %q, want %q", x.Preview, want)
	}

	wants(green, "GET", "/", "X-Preview", secret)
	wants(green, "POST", "/echo", "X-Preview", secret)
	wants(blue, "GET", "/", "X-Preview", secret+"1")
	wants(blue, "GET", "/", "X-Other", secret)
	wants(blue, "POST", "/echo")
	v.host = next
	wants(green, "GET", "/")
	wants(green, "POST", "/echo")
	v.host = a.host

	if c := tr.after(live, rate); c.failed > 0 || c.colors[green] > 0 {
		t.Errorf("of those who do not know: %s", c)
	}
	a.holds(2*time.Second, "nothing is written again", func(y api.App) error {
		if y.Generation != x.Generation {
			t.Errorf("generation %d, it was %d", y.Generation, x.Generation)
		}
		return nil
	})

	// In the canary too, and it is over with the promotion.
	a.bg("canary", a.name, "50")
	wants(green, "GET", "/", "X-Preview", secret)
	a.bg("rollback", a.name)
	wants(blue, "GET", "/", "X-Preview", secret)
	if res, _, err := ask(a.s, next, "/"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("after the rollback %s answers %v, %v", next, res, err)
	}
	tr.lossless()
	ctx, cancel := context.WithTimeout(root, 10*time.Second)
	defer cancel()
	if log := a.s.Logs(ctx, a.s.Controller, 2000); strings.Contains(log, secret) || !strings.Contains(log, a.name) {
		t.Error("the controller's log tells the secret, or nothing of the app")
	}
}
