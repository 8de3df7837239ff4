package controller

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/api"
	"bg/controller/judge"
	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

// counter plays the counts of Traefik.
type counter struct {
	mu    sync.Mutex
	n     map[string]int // `service code` -> requests
	fails error
	looks int
}

// add counts requests of a color of shop's service.
func (c *counter) add(service string, color labels.Color, code, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[fmt.Sprintf("%s@file %d", labels.Leaf("shop", service, color), code)] += n
}

func (c *counter) look(context.Context) (traefik.Metrics, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
	if c.fails != nil {
		return traefik.Metrics{}, c.fails
	}
	var text strings.Builder
	text.WriteString("traefik_config_reloads_total 1\n")
	for key, n := range c.n {
		service, code, _ := strings.Cut(key, " ")
		fmt.Fprintf(&text, "traefik_service_requests_total{code=%q,method=\"GET\",protocol=\"http\",service=%q} %d\n", code, service, n)
	}
	m, err := traefik.ParseMetrics(strings.NewReader(text.String()))
	m.At = time.Now()
	return m, err
}

// onTrial starts a controller with blue at work for a minute under traffic, 1%
// of it errors, and green at a canary of 10%.
func onTrial(t *testing.T, change ...func(*labels.Spec)) (*rig, *counter) {
	t.Helper()
	r, c := newRig(t), &counter{n: map[string]int{}}
	r.info = traefik.Info{Version: "3.7.10", Failover: true, Metrics: true}
	r.metrics = c.look
	r.start()
	blue, green := judged(web("shop", labels.Blue, 1), change...), judged(web("shop", labels.Green, 2), change...)
	r.see(blue)
	r.settle()
	for range 60 {
		r.second(c, 99, 1, 0, 0)
	}
	r.see(blue, green)
	r.settle()
	if w := r.app("shop").Colors[1].Weight; w != 10 {
		t.Fatalf("green has %d%%", w)
	}
	return r, c
}

func judged(c *rollout.Container, change ...func(*labels.Spec)) *rollout.Container {
	o, spec := *c, *c.Spec
	spec.Judge = labels.Judge{Enable: true, Status: labels.StatusRange{From: 500, To: 599}, Alpha: 0.01, Thin: labels.ThinExtend}
	spec.Canary = labels.Canary{Steps: []int{10}, Interval: 10 * time.Second}
	for _, f := range change {
		f(&spec)
	}
	o.Spec = &spec
	return &o
}

// second lets one second pass, with good and bad answers of each color.
func (r *rig) second(c *counter, blueGood, blueBad, greenGood, greenBad int) {
	c.add("web", labels.Blue, 200, blueGood)
	c.add("web", labels.Blue, 500, blueBad)
	c.add("web", labels.Green, 200, greenGood)
	c.add("web", labels.Green, 502, greenBad)
	time.Sleep(time.Second)
	synctest.Wait()
}

func TestAReleaseWhoseTrafficFailsIsDemotedWithinSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := onTrial(t)
		for s := range 5 {
			r.second(c, 99, 1, 0, 10)
			if r.app("shop").Colors[1].Role == "demoted" {
				t.Logf("out after %d s", s+1)
				break
			}
		}
		a := r.app("shop")
		if a.Colors[1].Role != "demoted" || a.Colors[0].Weight != 100 {
			t.Fatalf("shop is %+v", a)
		}
		events, err := r.ctl.History(t.Context(), "shop", 2)
		if err != nil || events[1].Change != "demote" || events[1].Judgment == nil || events[1].Judgment.Candidate.Errors != 10 || events[1].Judgment.Saved != 10 {
			t.Errorf("the history ends with %+v, %v", events, err)
		}
	})
}

func TestAReleaseThatIsNoWorseIsPromotedOnEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := onTrial(t)
		for range 5 {
			r.second(c, 88, 1, 9, 0)
		}
		j := r.app("shop").Judgment
		if j == nil || j.Outcome != judge.Thin || j.Candidate.Requests != 45 || j.Stable.Requests != 445 {
			t.Fatalf("after five seconds it is %+v", j)
		}
		for range 30 {
			r.second(c, 88, 1, 9, 0)
		}
		r.wantActive("shop", "green")
	})
}

func TestABrokenServiceDoesNotGoUnderInTheTrafficOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		two := func(s *labels.Spec) {
			s.HTTP.Services = append([]labels.Service{{Name: "api", Port: 81, Scheme: "http", Server: "{}", Options: "{}"}}, s.HTTP.Services...)
		}
		r, c := onTrial(t, two)
		for range 20 {
			c.add("api", labels.Blue, 200, 9)
			c.add("api", labels.Green, 500, 1)
			r.second(c, 890, 10, 99, 1)
		}
		a := r.app("shop")
		if a.Colors[1].Role != "demoted" || !strings.Contains(a.Colors[1].Cause, "service api: ") {
			t.Errorf("green is %+v", a.Colors[1])
		}
	})
}

func TestEvidenceOutlivesTheController(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(s *labels.Spec) { s.Canary.Interval = time.Hour }
		r, c := onTrial(t, slow)
		for range 20 {
			r.second(c, 88, 1, 9, 0)
		}
		before := r.app("shop").Judgment
		r.stop()
		time.Sleep(10 * time.Second)
		r.start()
		r.see(judged(web("shop", labels.Blue, 1), slow), judged(web("shop", labels.Green, 2), slow))
		time.Sleep(2 * time.Second)
		r.second(c, 88, 1, 9, 0)
		after := r.app("shop").Judgment
		if before == nil || after == nil || after.Candidate.Requests != before.Candidate.Requests+9 || after.Stable.Requests != before.Stable.Requests+89 {
			t.Errorf("before %+v\nafter  %+v", before, after)
		}
	})
}

func TestASoakIsComparedWithTheOldColorsHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := onTrial(t)
		if _, err := r.ctl.Command(t.Context(), "shop", "promote", api.Command{Full: true}); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			r.second(c, 0, 0, 99, 1)
		}
		if j := r.app("shop").Judgment; j == nil || !j.Soak || j.Outcome == judge.Fail || j.Stable.Requests < 5900 || j.Stable.Errors < 59 {
			t.Fatalf("in the soak it is %+v", j)
		}
		for range 5 {
			r.second(c, 0, 0, 50, 50)
		}
		r.wantActive("shop", "blue")
	})
}

func TestWhatIsKnownOfAnAppGoesWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := onTrial(t)
		time.Sleep(time.Minute)
		if v, err := r.store.Get(armKey("shop", "")); v == nil || err != nil {
			t.Fatalf("nothing is kept: %v", err)
		}
		r.see()
		time.Sleep(rollout.ForgetAfter + time.Minute)
		if v, err := r.store.Get(armKey("shop", "")); v != nil || err != nil {
			t.Errorf("kept is %s, %v", v, err)
		}
	})
}

func TestTraefiksCountsAreReadOftenOnlyDuringAReleaseAndAlways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := onTrial(t, func(s *labels.Spec) { s.Canary.Interval = time.Hour })
		looks := func(d time.Duration) int {
			c.mu.Lock()
			before := c.looks
			c.mu.Unlock()
			time.Sleep(d)
			synctest.Wait()
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.looks - before
		}
		if n := looks(time.Minute); n < 59 || n > 61 {
			t.Errorf("%d looks in a minute of a release", n)
		}
		c.mu.Lock()
		c.fails = errors.New("away")
		c.mu.Unlock()
		if n := looks(time.Minute); n < 59 || n > 61 {
			t.Errorf("%d looks in a minute in which Traefik is away", n)
		}
		c.mu.Lock()
		c.fails = nil
		c.mu.Unlock()
		if _, err := r.ctl.Command(t.Context(), "shop", "rollback", api.Command{}); err != nil {
			t.Fatal(err)
		}
		if n := looks(5 * time.Minute); n < 28 || n > 32 {
			t.Errorf("%d looks in five minutes without a release", n)
		}
	})
}

func TestTheRecordOfATrialCanBeReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := onTrial(t, func(s *labels.Spec) { s.Canary.Interval = time.Hour })
		for range 30 {
			r.second(c, 88, 1, 9, 0)
		}
		record, err := r.ctl.Record(t.Context(), "shop", "")
		if err != nil {
			t.Fatal(err)
		}
		v, err := judge.Replay(strings.NewReader(record.Text), nil)
		if now := r.app("shop").Judgment; err != nil || v.Candidate != now.Candidate || v.Bound != now.Bound || v.Reason != now.Reason {
			t.Errorf("replayed it is %+v, %v\nand was %+v", v, err, now)
		}
		var refusal *api.Refusal
		if _, err := r.ctl.Record(t.Context(), "other", ""); !errors.As(err, &refusal) {
			t.Errorf("an app that is none: %v", err)
		}
	})
}
