package e2e

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

// calm waits until the controller answers with everything confirmed and Traefik
// serving it, and returns the status.
func calm(t *testing.T, s *stack.Stack) api.Status {
	t.Helper()
	var found api.Status
	err := s.Await(within(t, patience), "the controller and Traefik agree", func(x api.Status) error {
		found = x
		if x.Confirmed != x.Generation || len(x.Problems) > 0 {
			return fmt.Errorf("generation %d, confirmed %d, problems %v", x.Generation, x.Confirmed, x.Problems)
		}
		return s.Serves(root, x.Generation)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAControllerKilledInAChangeLosesNothingAndConverges(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	tr := a.pair(true, manual)
	a.await("green waits", phase(api.PhaseReady))

	percent := func(n int) api.Command { return api.Command{Percent: &n, Actor: "test"} }
	var floor uint64
	for i, round := range []struct {
		verb    string
		command api.Command
		delay   time.Duration // of the command, from the start of docker kill
	}{
		{api.VerbCanary, percent(10), 0},
		{api.VerbCanary, percent(40), 20 * time.Millisecond},
		{api.VerbCanary, percent(0), 30 * time.Millisecond},
		{api.VerbCanary, percent(60), 40 * time.Millisecond},
		{api.VerbCanary, percent(20), 60 * time.Millisecond},
		{api.VerbPromote, api.Command{Actor: "test"}, 30 * time.Millisecond},
	} {
		before := calm(t, s)
		floor = max(floor, before.Generation)
		killed := make(chan struct{})
		go func() {
			defer close(killed)
			s.Docker(within(t, patience), "kill", s.Controller)
		}()
		<-time.After(round.delay) // where in the change it strikes is the point
		accepted, err := s.Command(within(t, 5*time.Second), a.name, round.verb, round.command)
		<-killed
		floor = max(floor, accepted.Generation)
		tr.more(rate / 4) // without a controller

		a.docker("start", s.Controller)
		started := time.Now()
		after := calm(t, s)
		if after.Generation < floor {
			t.Errorf("generation %d after generation %d", after.Generation, floor)
		}
		x, _ := a.await("the app is live", func(x api.App) error {
			if !x.Live {
				return fmt.Errorf("generation %d is not live", x.Generation)
			}
			return nil
		})
		t.Logf("round %d: %s %v after %s: command %v; generation %d -> %d, green %d%%, %s, agreed %s after docker start",
			i+1, round.verb, deref(round.command.Percent), round.delay, err, before.Generation, after.Generation,
			color(x, green).Weight, x.Phase, ms(time.Since(started)))
		if err == nil {
			// It was saved before it was answered, so it must be in force.
			want := 100
			if p := round.command.Percent; p != nil {
				want = *p
			}
			if got := color(x, green).Weight; got != want {
				t.Errorf("an accepted %s left green with %d%%, want %d%%", round.verb, got, want)
			}
		}
	}
	tr.lossless()
}

func deref(p *int) any {
	if p == nil {
		return ""
	}
	return *p
}

func TestTraefikRestartedInAChangeGetsEverythingBack(t *testing.T) {
	s := ownStack(t)
	a := newApp(t, s)
	a.pair(false, manual)
	a.await("green waits", phase(api.PhaseReady))

	before := calm(t, s)
	a.docker("restart", "-t", "2", s.Traefik)
	started := time.Now()
	a.answers("after Traefik's restart", http.StatusOK)
	t.Logf("users are served %s after docker restart returned", ms(time.Since(started)))
	if after := calm(t, s); after.Generation != before.Generation {
		t.Errorf("Traefik's restart made generation %d of %d", after.Generation, before.Generation)
	}

	a.docker("stop", "-t", "2", s.Traefik)
	said := a.bgFails(4, "promote", a.name, "--timeout", "3s")
	t.Logf("promote without Traefik: %s", said)
	err := s.Await(within(t, patience), "the status tells of Traefik", func(x api.Status) error {
		if x.Confirmed >= x.Generation || len(x.Problems) == 0 {
			return fmt.Errorf("generation %d, confirmed %d, problems %v", x.Generation, x.Confirmed, x.Problems)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, c := range []string{blue, green} {
		if state := a.docker("inspect", "--format", "{{.State.Status}}", a.container(c, "web", 1)); state != "running" {
			t.Errorf("%s is %s: nothing may be stopped before the switch is confirmed", c, state)
		}
	}
	a.docker("start", s.Traefik)
	started = time.Now()
	a.await("green serves", serves(green))
	t.Logf("green is live %s after docker start returned", ms(time.Since(started)))
	calm(t, s)
	for c := range a.colors(20) {
		if c != green {
			t.Errorf("%s answers", c)
		}
	}
}

// colors asks n times and counts the colors that answered.
func (a *app) colors(n int) map[string]int {
	a.t.Helper()
	found := map[string]int{}
	for range n {
		res, body, err := ask(a.s, a.host, "/")
		if err != nil || res.StatusCode != http.StatusOK {
			a.t.Fatalf("%v %s", err, body)
		}
		found[res.Header.Get("X-Color")]++
	}
	return found
}

// The files of which files tells.
const (
	routingFile = "/etc/traefik/dynamic/dynamic/bg.yml"
	stateFile   = "/state/state/bg.db"
)

// files tells of each file of the routing and of the state when it was written,
// to the second, and what it holds.
func files(t *testing.T, s *stack.Stack) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, folder := range []string{"/etc/traefik/dynamic", "/state"} {
		out, err := s.Docker(within(t, patience), "cp", s.Controller+":"+folder, "-")
		if err != nil {
			t.Fatal(err)
		}
		archive := tar.NewReader(bytes.NewReader(out))
		for {
			h, err := archive.Next()
			if err != nil {
				break
			}
			var content bytes.Buffer
			content.ReadFrom(archive)
			if h.Typeflag == tar.TypeReg {
				found[folder+"/"+h.Name] = fmt.Sprintf("written %s, %d bytes, %.12x", h.ModTime.Format(time.TimeOnly), h.Size, sum(content.Bytes()))
			}
		}
	}
	if len(found) < 2 {
		t.Fatalf("only %v was found", found)
	}
	return found
}

func different(one, other map[string]string) []string {
	var found []string
	for name := range one {
		if one[name] != other[name] {
			found = append(found, fmt.Sprintf("%s: %s; then %s", name, one[name], other[name]))
		}
	}
	for name := range other {
		if _, ok := one[name]; !ok {
			found = append(found, name+" is new")
		}
	}
	return found
}

// A minute for real; what ten minutes bring is tested with accelerated time. Not
// beside other tests: each controller of a machine sees all labeled containers,
// and takes a note in its state of those that it will not route to. Nor on a
// stack that has served others: of an app that had traffic, what the judge knows
// is saved up to five minutes later.
func TestNothingIsWrittenInAMinuteOfHealthChecks(t *testing.T) {
	need(t)
	s := freshStack(t)
	a := newApp(t, s)
	// Until its release has ended, an app counts its soak in the state.
	a.pair(false, func(r *stack.Release) {
		r.Replicas = 2
		r.Labels = map[string]string{"bg.soak": "0s", "bg.drain": "0s", "bg.retire": "keep"}
	})
	x, _ := a.await("green serves and its release is done", func(x api.App) error {
		if x.Release == nil || x.Release.Outcome != api.ReleaseDone {
			return fmt.Errorf("the release is %+v", x.Release)
		}
		if x.Judgment == nil {
			return errors.New("its traffic was not looked at yet")
		}
		return serves(green)(x)
	})
	before := calm(t, s)
	at, start := files(t, s), time.Now()
	a.holds(time.Minute, "nothing changes", func(y api.App) error {
		if diff := cmp.Diff(x, y); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
	now := files(t, s)
	if others := a.others(start); len(others) > 0 {
		t.Logf("the state is not compared: containers of %s came or went on this machine", strings.Join(others, ", "))
		delete(at, stateFile)
		delete(now, stateFile)
	}
	if found := different(at, now); len(found) > 0 {
		t.Errorf("written in %s:\n%s", time.Since(start), strings.Join(found, "\n"))
	}
	if after := calm(t, s); after.Generation != before.Generation {
		t.Errorf("generation %d, then %d", before.Generation, after.Generation)
	}
	since, until := fmt.Sprint(start.Unix()), fmt.Sprint(time.Now().Unix())
	events := a.docker("events", "--since", since, "--until", until, "--filter", "event=exec_start", "--format", "{{.ID}}")
	checks := len(strings.Fields(events))
	if checks < 20 {
		t.Errorf("only %d health checks ran; Docker keeps 256 events", checks)
	}
	t.Logf("%s, at least %d health checks, nothing written", time.Since(start).Round(time.Second), checks)

	a.docker("restart", s.Controller)
	after := calm(t, s)
	if after.Generation != before.Generation {
		t.Errorf("the controller's restart made generation %d of %d", after.Generation, before.Generation)
	}
	if now := files(t, s); now[routingFile] != at[routingFile] || at[routingFile] == "" {
		t.Errorf("the controller's restart wrote the routing: %s; then %s", at[routingFile], now[routingFile])
	}
}

// others returns the apps of somebody else that the status tells of, or the
// history since then.
func (a *app) others(since time.Time) []string {
	a.t.Helper()
	found := map[string]bool{}
	status, err := a.s.Status(within(a.t, patience))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, x := range status.Apps {
		for _, c := range x.Colors {
			found[x.Name] = found[x.Name] || len(c.Containers) > 0 || c.Since.After(since)
		}
	}
	events, err := a.s.History(within(a.t, patience), "")
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range events {
		found[e.App] = found[e.App] || e.Time.After(since)
	}
	found[a.name] = false
	maps.DeleteFunc(found, func(_ string, yes bool) bool { return !yes })
	return slices.Sorted(maps.Keys(found))
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }
