package judge

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNoVerdictDependsOnHowOftenOneLooks: of releases that are as good as the
// old color no more than alpha are ever demoted, however their requests are
// cut into polls: looked at after each, after ten, after any number.
func TestNoVerdictDependsOnHowOftenOneLooks(t *testing.T) {
	fixed(t, "rapid.seed", "20261125")
	fixed(t, "rapid.checks", map[bool]string{true: "6", false: "24"}[testing.Short()])
	const runs, alpha = 300, 0.05
	most := alpha*runs + 4*math.Sqrt(alpha*(1-alpha)*runs)
	rapid.Check(t, func(t *rapid.T) {
		r := release{
			errors: rapid.SampledFrom([]float64{0.002, 0.01, 0.05, 0.3}).Draw(t, "share of errors"),
			weight: rapid.SampledFrom([]float64{0.01, 0.1, 0.5, 0.9}).Draw(t, "weight"),
			look:   rapid.SampledFrom([]int{1, 10, 0}).Draw(t, "requests in a poll, 0: any"),
			soak:   rapid.Bool().Draw(t, "soak"),
			rules:  Rules{Alpha: alpha, Limit: rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "limit"), Speed: rapid.Bool().Draw(t, "speed")},
			chance: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "chance"), 1)),
		}
		demoted := 0
		for range runs {
			if r.demoted() {
				demoted++
			}
		}
		if float64(demoted) > most {
			t.Errorf("%d of %d demoted, at most %.0f may be", demoted, runs, most)
		}
	})
}

// fixed sets a flag of rapid's where the command line does not.
func fixed(t *testing.T, name, value string) {
	f := flag.Lookup(name)
	if f.Value.String() != f.DefValue {
		return
	}
	t.Cleanup(func() { f.Value.Set(f.DefValue) })
	f.Value.Set(value)
	t.Log(name, f.Value)
}

// release is one whose colors are equally good.
type release struct {
	errors, weight float64
	look           int
	soak           bool
	rules          Rules
	chance         *rand.Rand
}

// draw is one request.
func (r *release) draw() Counts {
	happens := func() uint64 {
		if r.chance.Float64() < r.errors {
			return 1
		}
		return 0
	}
	return Counts{Requests: 1, Errors: happens(), Timed: 1, Slow: happens()}
}

// demoted runs a thousand requests, of which each goes to a color by chance.
func (r *release) demoted() bool {
	tr := NewTrial(r.rules)
	var b Baseline
	if r.soak {
		for range 500 {
			b.Counts = b.Counts.Plus(r.draw())
		}
	}
	for sent := 0; sent < 1000; {
		size := r.look
		if size == 0 {
			size = 1 + r.chance.IntN(40)
		}
		var mine, other Counts
		for range size {
			if r.soak || r.chance.Float64() < r.weight {
				mine = mine.Plus(r.draw())
			} else {
				other = other.Plus(r.draw())
			}
		}
		p := Poll{At: noon.Add(time.Duration(sent) * 200 * time.Millisecond), Candidate: mine, Stable: &other}
		if r.soak {
			p.Stable = nil
		}
		tr.Add(p, b)
		sent += size
	}
	return tr.Failed != ""
}

// What is bet against a fixed share does not depend on the cut at all.
func TestPollsOfASoakMayBePutTogether(t *testing.T) {
	fixed(t, "rapid.seed", "20261125")
	rapid.Check(t, func(t *rapid.T) {
		rules := Rules{Alpha: 1e-6, Limit: 0.2}
		one, many := NewTrial(rules), NewTrial(rules)
		var sum Counts
		for range rapid.IntRange(1, 20).Draw(t, "polls") {
			n := rapid.Uint64Range(1, 50).Draw(t, "requests")
			c := Counts{Requests: n, Errors: rapid.Uint64Range(0, min(n, 2)).Draw(t, "errors")}
			sum = sum.Plus(c)
			many.Add(Poll{At: noon, Candidate: c}, hour)
		}
		one.Add(Poll{At: noon, Candidate: sum}, hour)
		if many.Failed != "" {
			t.Skip()
		}
		for i, a := range one.Verdict().Tests {
			b := many.Verdict().Tests[i]
			if math.Abs(math.Log(a.E)-math.Log(b.E)) > 1e-6 {
				t.Errorf("%s: E %g at one look, %g at many", a.Name, a.E, b.E)
			}
		}
	})
}
