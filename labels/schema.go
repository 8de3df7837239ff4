package labels

import (
	"slices"
	"strings"
	"time"
)

// Label describes one label of bg.
type Label struct {
	Name    string // upper-case segments stand for the user's own names
	Default string
	Meaning string

	check func(value string) error // says what a value must be
}

// Schema returns every label of bg in the order of the README's table.
func Schema() []Label { return slices.Clone(schema) }

var schema = []Label{
	{"bg.enable", "", "`true`: this service is colored", boolean},
	{"bg.app", "Compose project without its color suffix", "app name: a-z, 0-9 and `-`, at most 63", appLike},
	{"bg.color", "suffix `-blue` `_blue` `-green` `_green` of the Compose project, else of the service", "`blue` or `green`", oneOf("blue", "green")},
	{"bg.port", "Traefik's server.port label, else the only exposed port", "where the app listens", number(1, 65535)},
	{"bg.promote", "`auto`", "who moves traffic to a ready candidate: `auto` is bg at once, `manual` is you", oneOf("auto", "manual")},
	{"bg.canary.steps", "none", "percents on the way to 100, such as `5,25,50`", steps},
	{"bg.canary.interval", "`1m`", "healthy time at each step", within(time.Second, day)},
	{"bg.soak", "`5m`", "healthy time that the old color is kept as standby", within(0, day)},
	{"bg.drain", "`10s`", "wait before a stop, for requests under way", within(0, time.Hour)},
	{"bg.deadline", "`10m`", "time in which a candidate must get ready", within(time.Second, day)},
	{"bg.retire", "`stop`", "what becomes of the standby after soak: `stop`, `remove` or `keep`", oneOf("stop", "remove", "keep")},
	{"bg.health.path", "off; with another `bg.health` label a TCP connect", "path of bg's own health check", path},
	{"bg.health.interval", "`1s`", "time between two checks", within(100*time.Millisecond, time.Hour)},
	{"bg.health.timeout", "`2s`", "time in which the app must answer", within(10*time.Millisecond, time.Minute)},
	{"bg.health.status", "`200-399`", "statuses that count as healthy", status},
	{"bg.health.latency", "none", "an answer slower than this counts as failed", within(time.Millisecond, time.Minute)},
	{"bg.health.failures", "`3`", "failures in a row that make a container unready", number(1, 100)},
	{"bg.smoke.NAME.path", "", "path of a smoke test", path},
	{"bg.smoke.NAME.method", "`GET`", "its method", oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")},
	{"bg.smoke.NAME.status", "`200-399`", "statuses that pass", status},
	{"bg.smoke.NAME.body", "", "text that the answer must hold", atMost(1 << 10)},
	{"bg.smoke.NAME.latency", "none", "an answer slower than this fails", within(time.Millisecond, time.Minute)},
	{"bg.smoke.NAME.header.NAME", "", "a request header", headerValue},
	{"bg.smoke.NAME.via", "`direct`", "`direct` (before traffic) or `proxy` (after the switch)", oneOf("direct", "proxy")},
	{"bg.judge.enable", "`true` where Traefik has metrics", "judge the new color by its traffic, against the old one's", boolean},
	{"bg.judge.status", "`500-599`", "statuses that count as errors", status},
	{"bg.judge.errors", "none", "a share of errors, such as `1%`, beyond which the new color is demoted, unless the old one is beyond it at the same time", share},
	{"bg.judge.latency", "none", "an answer slower than this counts as slow; more slow ones than the old color has demote", within(time.Millisecond, time.Minute)},
	{"bg.judge.alpha", "`1%`", "the chance that a release which is no worse than the old one is demoted all the same", alpha},
	{"bg.judge.thin", "`extend`", "a canary step with too little traffic to tell: `extend` it until `bg.deadline` and then hold, `promote` it, or `hold` it at once", oneOf("extend", "promote", "hold")},
	{"bg.failover", "`true`", "safe requests that the new color cannot answer go to the standby", boolean},
	{"bg.sticky", "`false`", "a visitor keeps the color", boolean},
	{"bg.preview.header", "off", "`NAME=VALUE`: requests with this header reach the candidate", previewHeader},
	{"bg.preview.host", "off", "requests for this host reach the candidate", host},
	{"bg.hook", "", "this service is a one-off: `expand`, `smoke`, `promoted`, `contract` or `demoted`", oneOf("expand", "smoke", "promoted", "contract", "demoted")},
	{"bg.handover", "`overlap`", "`exclusive`: never two colors of this service at once (workers, SQLite)", oneOf("overlap", "exclusive")},
	{"bg.publish", "none", "published host ports that `bg deploy` keeps, such as `53,8443`; it drops the others, as Traefik routes", ports},
	{"bg.network", "", "set by `bg deploy`: the proxy's network; the controller of another one leaves the container alone", atMost(255)},
	{"bg.release", "", "set by `bg deploy`: the release that the container belongs to", release},
}

// Table returns the schema as a Markdown table.
func Table() string {
	var b strings.Builder
	b.WriteString("| label | default | meaning |\n|---|---|---|\n")
	for _, l := range schema {
		b.WriteString("| `" + l.Name + "` | " + l.Default + " | " + l.Meaning + " |\n")
	}
	return b.String()
}

// lookUp returns the label of the schema that key is an instance of.
func lookUp(key string) (Label, bool) {
	for _, l := range schema {
		if matches(key, l.Name) {
			return l, true
		}
	}
	return Label{}, false
}

// meant returns the label that an unknown key was most likely meant to be,
// with the user's own names in it, or "".
func meant(key string) string {
	segments := strings.Split(key, ".")
	var candidates []string
	for _, l := range schema {
		pattern := strings.Split(l.Name, ".")
		for i := range pattern {
			if pattern[i] == "NAME" && i < len(segments) {
				pattern[i] = segments[i]
			}
		}
		candidates = append(candidates, strings.Join(pattern, "."))
	}
	return nearest(key, candidates, 1+len(key)/4)
}

// matches reports whether key is pattern with each NAME replaced by a name.
func matches(key, pattern string) bool {
	if strings.Count(key, ".") != strings.Count(pattern, ".") {
		return false
	}
	segments := strings.Split(key, ".")
	for i, want := range strings.Split(pattern, ".") {
		if want == "NAME" && objectName.MatchString(segments[i]) {
			continue
		}
		if segments[i] != want {
			return false
		}
	}
	return true
}
