package main

import "math"

// A simulated release: an hour of history, then up to an hour of canary or
// soak, a poll each second.
const (
	historySeconds = 3600
	releaseSeconds = 3600
)

// scenario says what traffic is like, by the second; those before 0 are of
// the hour before the release.
type scenario struct {
	name      string
	bad       int                      // the second at which the new color gets worse; never: noFault
	rate      func(second int) float64 // requests a second
	weight    func(second int) float64 // the new color's share of them
	stable    func(second int) float64 // the old color's share of errors
	candidate func(second int) float64 // the new one's
	bursts    bursts
	soak      bool // there is no old color beside the new one
}

const noFault = -1

func always(x float64) func(int) float64 { return func(int) float64 { return x } }

// steady is a canary at a constant rate, weight and share of errors.
func steady(name string, rate, weight, errors float64) scenario {
	return scenario{
		name: name, bad: noFault, rate: always(rate), weight: always(weight),
		stable: always(errors), candidate: always(errors),
	}
}

// The scenarios in which the new color is as good as the old one.
func nulls() []scenario {
	shared := steady("both colors fail half, for 5 minutes", 10, 0.1, 0)
	shared.stable, shared.candidate = outage(1200, 0.005), outage(1200, 0.005)

	short := steady("0.5% in bursts of 5", 10, 0.1, 0.005)
	short.bursts = bursts{size: 5, dense: 1}
	long := steady("0.5% in bursts of 5 among 20", 10, 0.1, 0.005)
	long.bursts = bursts{size: 5, dense: 0.25}

	swing := steady("load swings by day", 10, 0.1, 0.005)
	swing.rate = func(s int) float64 { return 10 * (1 + 0.8*math.Sin(2*math.Pi*float64(s)/86400)) }

	steps := steady("a step of weights each minute", 10, 0, 0.005)
	steps.weight = func(s int) float64 { return float64(max(0, s)/60+1) / 100 }

	soak := steady("soak, 0.5% at 10/s", 10, 1, 0.005)
	soak.soak = true
	return []scenario{
		steady("0.5% at 10/s, canary of 10%", 10, 0.1, 0.005),
		steady("1% at 0.1/s, canary of 20%", 0.1, 0.2, 0.01),
		shared, short, long, swing, steps, soak,
	}
}

// The scenarios in which the new color is worse, from its first request on
// where the name says nothing else.
func regressions() []scenario {
	var all []scenario
	for _, to := range []struct {
		name  string
		share float64
	}{{"5%", 0.05}, {"20%", 0.2}, {"100%", 1}} {
		for _, rate := range []struct {
			name string
			rate float64
		}{{"0.5/s", 0.5}, {"10/s", 10}, {"500/s", 500}} {
			s := steady("0.5% to "+to.name+" at "+rate.name, rate.rate, 0.1, 0.005)
			s.bad, s.candidate = 0, always(to.share)
			all = append(all, s)
		}
	}
	late := steady("0.5% to 5% at 10/s, after 30 minutes", 10, 0.1, 0.005)
	late.bad, late.candidate = 1800, from(1800, 0.005, 0.05)
	hotfix := steady("0.5% to 100% at 10/s, an outage before", 10, 0.1, 0.005)
	hotfix.bad, hotfix.candidate, hotfix.stable = 0, always(1), outage(-1700, 0.005)
	soak := steady("soak, 0.5% to 5% at 10/s", 10, 1, 0.005)
	soak.bad, soak.soak, soak.candidate = 0, true, always(0.05)
	return append(all, late, hotfix, soak)
}

// from is before until the given second, and after from then on.
func from(second int, before, after float64) func(int) float64 {
	return func(at int) float64 {
		if at >= second {
			return after
		}
		return before
	}
}

// outage is the usual share of errors but for five minutes, in which half of
// all fails.
func outage(second int, usual float64) func(int) float64 {
	return func(at int) float64 {
		if at >= second && at < second+300 {
			return 0.5
		}
		return usual
	}
}
