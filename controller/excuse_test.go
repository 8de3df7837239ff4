package controller

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/rollout"
	"bg/labels"
)

func TestALookAtReplicasCountsOnceItIsKnownThatNoneHasDied(t *testing.T) {
	for _, c := range []struct{ name, looks, counts string }{
		{"one container is heard at once", "a a a", "0 1 2"},
		{"replicas a look later", "ab ab ab", "0 1"},
		{"a death costs the look before, its own and the next", "ab ab ab a a a", "0 1 5"},
		{"of three too", "abc abc ab ab ab ab", "0 4"},
		{"two at once are one loss", "abc abc a a a", "0 4"},
		{"one after the other are two", "abcd abcd abc ab ab ab ab", "0 5"},
		{"who dies again is not excused", "ab ab b b ab ab ab b b", "0 4 5 6 7 8"},
		{"one that comes costs nothing", "a ab ab a", "0 1"},
		{"who has died before the first look is missing all the same", "b-a b b b", "2 3"},
		{"without replicas left nothing waits", "ab ab abc abc bc bc bc", "0 1 2"},
	} {
		var e excuse
		at := time.Unix(0, 0)
		var counts []string
		for i, servers := range strings.Fields(c.looks) {
			servers, down, _ := strings.Cut(servers, "-")
			trial := rollout.Trial{Servers: strings.Split(servers, ""), Down: strings.Split(down, ""), Replicas: len(servers) > 1}
			for _, l := range e.ripe(look{at: at.Add(time.Duration(i) * time.Second), trial: trial}) {
				counts = append(counts, fmt.Sprint(l.at.Unix()))
			}
		}
		if got := strings.Join(counts, " "); got != c.counts {
			t.Errorf("%s: of the looks %s count, want %s", c.name, got, c.counts)
		}
	}
}

// replicas starts what onTrial does, with two containers of green.
func replicas(t *testing.T) (r *rig, c *counter, blue, one, two *rollout.Container) {
	t.Helper()
	r, c = onTrial(t)
	blue, one, two = judged(web("shop", labels.Blue, 1)), judged(web("shop", labels.Green, 2)), judged(web("shop", labels.Green, 3))
	r.see(blue, one, two)
	r.settle()
	for range 5 {
		r.second(c, 89, 1, 10, 0)
	}
	return r, c, blue, one, two
}

func TestTheDeathOfOneReplicaIsNotHeldAgainstTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c, blue, one, two := replicas(t)
		r.second(c, 89, 1, 5, 5) // until Docker tells
		r.see(blue, one, as(two, rollout.Exited))
		r.second(c, 89, 1, 7, 3)
		r.second(c, 89, 1, 9, 1) // had hung
		for range 5 {
			r.second(c, 89, 1, 10, 0)
		}
		a := r.app("shop")
		if a.Colors[1].Role == "demoted" || a.Judgment.Candidate.Errors > 0 || a.Judgment.Candidate.Requests == 0 {
			t.Fatalf("green is %s, judged by %+v", a.Colors[1].Role, a.Judgment.Candidate)
		}
		if a.Judgment.Saved != 9 {
			t.Errorf("%d requests are said to have been saved, of 9", a.Judgment.Saved)
		}
		// It is up again, and dies of the same.
		r.see(blue, one, two)
		r.second(c, 89, 1, 10, 0)
		r.second(c, 89, 1, 5, 5)
		r.see(blue, one, as(two, rollout.Exited))
		for range 3 {
			r.second(c, 89, 1, 10, 0)
		}
		if n := r.app("shop").Judgment.Candidate.Errors; n != 5 {
			t.Errorf("of the second death %d errors count, want 5", n)
		}
	})
}

func TestAReleaseWhoseReplicasAllFailIsDemotedWithinSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c, _, _, _ := replicas(t)
		for range 2 {
			r.second(c, 89, 1, 0, 10)
		}
		if a := r.app("shop"); a.Colors[1].Role != "demoted" {
			t.Errorf("green is %s, judged by %+v", a.Colors[1].Role, a.Judgment.Candidate)
		}
	})
}
