package eyes

import (
	"slices"
	"time"
)

// Scenarios returns all of them, in the order in which they are told.
func Scenarios() []Scenario { return slices.Clone(scenarios) }

// probed is bg's own check, which needs 2 s to be sure: three answers in a row
// that are not there after 500 ms each, half a second apart.
var probed = map[string]string{
	"bg.health.path": "/healthz", "bg.health.interval": "500ms", "bg.health.timeout": "500ms", "bg.health.failures": "3",
}

var scenarios = []Scenario{
	{
		Name: "killed", Text: "candidate killed at 50%", Lossless: true,
		strike: docker("kill"),
	},
	{
		Name: "killed-in-soak", Text: "active color killed in soak", Lossless: true, Soak: true,
		strike: docker("kill"),
	},
	{
		Name: "hangs", Text: "candidate hangs at 50%", Bound: 3 * time.Second, labels: probed,
		strike: control("hang"), mend: control("ok"),
	},
	{
		Name: "all-errors", Text: "candidate answers nothing but 500", Bound: 5 * time.Second,
		strike: control("fail"),
	},
	{
		Name: "some-errors", Text: "candidate's errors rise from 0.5% to 5%", before: []string{"fail", "share=0.5%"},
		strike: control("fail", "share=5%"),
	},
	{
		// The limit is a bound of Traefik's histogram, and far above what a busy
		// machine makes of an answer.
		Name: "slow", Text: "candidate gets slow, 500 ms", labels: map[string]string{"bg.judge.latency": "300ms"},
		strike: control("slow", "delay=500ms"),
	},
	{
		// Unpaused, it carries out what it was sent meanwhile. If that had been
		// tried elsewhere too, it would be twice.
		Name: "paused", Text: "candidate paused", Bound: 3 * time.Second,
		strike: docker("pause"), mend: docker("unpause"),
	},
	{
		Name: "disconnected", Text: "candidate off its network", Bound: 3 * time.Second,
		strike: unplug, mend: plug,
	},
	{
		Name: "out-of-memory", Text: "candidate killed for its memory", Bound: 3 * time.Second, memory: "64m",
		strike: outOfMemory,
	},
	{
		// A turn is long enough for Docker and for bg to notice it, so there are
		// four occasions to change one's mind.
		Name: "flapping", Text: "candidate's health check flaps", labels: probed, Calm: 10 * time.Second,
		strike: control("flap", "delay=2500ms"), mend: control("ok"),
	},
}
