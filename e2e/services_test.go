package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// ask sends one request for host and returns the answer with its body read. The
// connection is new each time: it must not matter.
func ask(s *stack.Stack, host, path string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(root, http.MethodGet, s.URL()+path, nil)
	if err != nil {
		return nil, "", err
	}
	req.Host, req.Close = host, true
	client := http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

// couple is the colors of two answers, and when the first was asked for.
type couple struct {
	at         time.Time
	first, and string
}

// couples asks first one host, then the other, again and again until stop is
// closed.
func couples(t *testing.T, s *stack.Stack, stop chan struct{}, one, other string) []couple {
	var all []couple
	for {
		select {
		case <-stop:
			return all
		default:
		}
		c := couple{at: time.Now()}
		for _, x := range []struct {
			host  string
			color *string
		}{{one, &c.first}, {other, &c.and}} {
			res, body, err := ask(s, x.host, "/")
			if err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("%s: %v %q", x.host, err, body)
				return all
			}
			*x.color = res.Header.Get("X-Color")
		}
		all = append(all, c)
	}
}

func TestTwoServicesSwitchInOneGeneration(t *testing.T) {
	a := newApp(t, sharedStack(t))
	web, other := "web."+a.host, "api."+a.host
	two := func(delay string) change {
		return func(r *stack.Release) {
			r.Host = ""
			r.Services = []stack.Service{
				{Name: "web", Host: web},
				{Name: "api", Host: other, Env: map[string]string{"START_DELAY": delay}},
			}
		}
	}
	a.release(blue, "v1", two("0s"))
	a.await("blue serves", serves(blue))

	stop := make(chan struct{})
	var asking sync.WaitGroup
	var seen [2][]couple
	asking.Go(func() { seen[0] = couples(t, a.s, stop, web, other) })
	asking.Go(func() { seen[1] = couples(t, a.s, stop, other, web) })

	// Green's web is ready two seconds before its api.
	a.release(green, "v2", two("2s"))
	a.await("green is half ready", func(x api.App) error {
		ready := 0
		for _, c := range color(x, green).Containers {
			if c.Condition == "ready" {
				ready++
			}
		}
		if ready != 1 {
			return fmt.Errorf("%d of green's containers are ready", ready)
		}
		return serves(blue)(x)
	})
	_, live := a.await("green serves", serves(green))
	after := 0
	limit := within(t, patience)
	for after < 50 && limit.Err() == nil {
		if res, _, err := ask(a.s, web, "/"); err == nil && res.Header.Get("X-Color") == green {
			after++
		}
	}
	close(stop)
	asking.Wait()

	pairs, straddling := 0, 0
	for _, all := range seen {
		for _, c := range all {
			pairs++
			switch {
			case c.at.After(live) && (c.first != green || c.and != green):
				t.Errorf("%s after the switch was live: %s, then %s", ms(c.at.Sub(live)), c.first, c.and)
			case c.first == green && c.and == blue:
				t.Errorf("green, then blue, %s before the switch was known to be live", ms(live.Sub(c.at)))
			case c.first != c.and:
				straddling++ // asked for before the switch, and after it
			}
		}
	}
	if promotions := a.events("promote"); len(promotions) != 2 || promotions[1].Green != 100 {
		t.Errorf("want one promotion of each color: %+v", promotions)
	}
	t.Logf("%d pairs of answers, %d across the switch, 0 mixed after it", pairs, straddling)
}

// hosts asks n times and returns how often each container answered.
func (a *app) hosts(n int) map[string]int {
	a.t.Helper()
	found := map[string]int{}
	for range n {
		res, body, err := ask(a.s, a.host, "/")
		if err != nil || res.StatusCode != http.StatusOK {
			a.t.Fatalf("%v %s", err, strings.TrimSpace(body))
		}
		found[res.Header.Get("X-Host")]++
	}
	return found
}

func TestOfThreeReplicasOnlyTheDeadOneIsTakenOut(t *testing.T) {
	a := newApp(t, sharedStack(t))
	// By this the judge is on however little blue has answered.
	three := func(r *stack.Release) {
		label("bg.judge.errors", "0.01")(r)
		r.Replicas = 3
	}
	tr := a.pair(true, three)
	x, live := a.await("green serves", serves(green))
	tr.only(tr.after(live, rate/2), green)
	if found := a.hosts(30); len(found) != 3 {
		t.Errorf("three replicas answer as %v", found)
	}

	was := x.Generation
	struck := time.Now()
	a.docker("kill", a.container(green, "web", 2))
	x, live = a.await("the dead one is out", func(x api.App) error {
		if x.Generation <= was {
			return fmt.Errorf("generation %d", x.Generation)
		}
		return serves(green)(x)
	})
	tr.only(tr.after(live, rate), green)
	lost := tr.sent(struck, live)
	if found := a.hosts(30); len(found) != 2 {
		t.Errorf("two replicas answer as %v", found)
	}
	if c := color(x, green); c.Role != "active" || !c.Ready {
		t.Errorf("green: %+v", c)
	}
	if falls := a.events("demote"); len(falls) > 0 {
		t.Errorf("it was demoted: %+v", falls)
	}
	t.Logf("out %s after the docker command began; lost until then: %d of %d", ms(live.Sub(struck)), lost.failed, lost.total)

	was = x.Generation
	a.docker("start", a.container(green, "web", 2))
	a.await("the third is back in", func(x api.App) error {
		if x.Generation <= was {
			return fmt.Errorf("generation %d", x.Generation)
		}
		return serves(green)(x)
	})
	if found := a.hosts(30); len(found) != 3 {
		t.Errorf("three replicas answer as %v", found)
	}
	x, _ = a.await("the judge hears of the others", func(x api.App) error {
		if j := x.Judgment; j == nil || j.Candidate.Requests < rate {
			return fmt.Errorf("judged by %+v", j)
		}
		return nil
	})
	if j := x.Judgment; j.Candidate.Errors > 0 {
		t.Errorf("the death is held against the others: %+v", j)
	} else {
		t.Logf("the judge has heard of %d requests and no error; blue answered %d for the dead one", j.Candidate.Requests, j.Saved)
	}
	if c := tr.sent(live, time.Time{}); c.failed > 0 {
		t.Errorf("lost after it was out: %s", c)
	}
}

// answers waits until the host is answered with the code.
func (a *app) answers(what string, code int) {
	a.t.Helper()
	limit := within(a.t, patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		res, _, err := ask(a.s, a.host, "/")
		if err == nil {
			if res.StatusCode == code {
				return
			}
			err = fmt.Errorf("it answers %s", res.Status)
		}
		select {
		case <-limit.Done():
			a.t.Fatalf("%s: %v", what, err)
		case <-tick.C:
		}
	}
}

func TestWithBothColorsDeadTheRoutesStayAndTheFirstBackServes(t *testing.T) {
	for _, back := range []string{blue, green} {
		t.Run(back, func(t *testing.T) {
			a := newApp(t, sharedStack(t))
			a.pair(false)
			a.await("green serves", serves(green))
			containers := map[string]string{blue: a.container(blue, "web", 1), green: a.container(green, "web", 1)}
			a.docker("kill", containers[blue], containers[green])
			a.await("both are down", phase(api.PhaseDown))
			// Until the last address is withdrawn, a gateway timeout is possible;
			// a 404 would say that the routes are gone.
			limit := within(t, patience)
			for answered := 0; answered < 20; {
				res, _, err := ask(a.s, a.host, "/")
				switch {
				case err != nil || res.StatusCode < 502 || res.StatusCode > 504 || limit.Err() != nil:
					t.Fatalf("with both dead: %v, %v; want 502 or 503", res, err)
				case res.StatusCode != http.StatusGatewayTimeout:
					answered++
				}
			}
			a.docker("start", containers[back])
			start := time.Now()
			a.await(back+" serves", serves(back))
			a.answers("after the recovery", http.StatusOK)
			t.Logf("served again %s after docker start returned", ms(time.Since(start)))
		})
	}
}
