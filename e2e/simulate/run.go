package main

import (
	"math"
	"time"

	"bg/controller/judge"
)

// start is when every release begins; only differences of times matter.
var start = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// never is the answer of a watcher that did not demote.
const never = -1

// release runs one release and returns the second at which each watcher
// demoted, or never.
func (s scenario) release(seed uint64, number int) [3]int {
	chance := newChance(seed, s.name, number)
	stable, candidate := color{chance: chance, bursts: s.bursts}, color{chance: chance, bursts: s.bursts}

	bg := &own{trial: judge.NewTrial(judge.Rules{Alpha: alpha}), history: &judge.History{}}
	for at := -historySeconds; at < 0; at++ {
		bg.history.Add(when(at), stable.second(chance.poisson(s.rate(at)), s.stable(at)))
	}
	if s.soak {
		b := bg.history.Baseline(start)
		bg.former = &b
	}
	all := [3]watcher{bg, &rule{want: 0.99, failures: 5}, &rule{want: 0.95, failures: 4}}
	demoted := [3]int{never, never, never}
	due := chance.Float64() // Traefik deals requests out in turn, by weight
	for at, left := 0, len(all); at < releaseSeconds && left > 0; at++ {
		n := chance.poisson(s.rate(at))
		due += float64(n) * s.weight(at)
		mine := min(uint64(math.Floor(due)), n)
		due -= float64(mine)
		p := judge.Poll{At: when(at), Candidate: candidate.second(mine, s.candidate(at))}
		if !s.soak {
			c := stable.second(n-mine, s.stable(at))
			p.Stable = &c
		}
		for i, w := range all {
			if demoted[i] == never && w.see(p) {
				demoted[i] = at
				left--
			}
		}
	}
	return demoted
}

// when is the time of a second's poll.
func when(second int) time.Time { return start.Add(time.Duration(second) * time.Second) }
