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
	Acts    bool // this version acts on it; otherwise it's only checked

	check func(value string) error // says what a value must be
}

// Schema returns every label of bg in the order of the README's table.
func Schema() []Label { return slices.Clone(schema) }

var schema = []Label{
	{"bg.enable", "", "`true`: this service is colored", true, boolean},
	{"bg.app", "Compose project without its color suffix", "app name: a-z, 0-9 and `-`, at most 63", true, appLike},
	{"bg.color", "suffix `-blue` `_blue` `-green` `_green` of the Compose project, else of the service", "`blue` or `green`", true, oneOf("blue", "green")},
	{"bg.port", "Traefik's server.port label, else the only exposed port", "where the app listens", true, number(1, 65535)},
	{"bg.promote", "`auto`", "who moves traffic to a ready candidate: `auto` is bg at once, `manual` is you", true, oneOf("auto", "manual")},
	{"bg.canary.steps", "none", "percents on the way to 100, such as `5,25,50`", true, steps},
	{"bg.canary.interval", "`1m`", "healthy time at each step", true, within(time.Second, day)},
	{"bg.soak", "`5m`", "healthy time that the old color is kept as standby", true, within(0, day)},
	{"bg.drain", "`10s`", "wait before a stop, for requests under way", true, within(0, time.Hour)},
	{"bg.deadline", "`10m`", "time in which a candidate must get ready", true, within(time.Second, day)},
	{"bg.retire", "`stop`", "what becomes of the standby after soak: `stop`, `remove` or `keep`", true, oneOf("stop", "remove", "keep")},
	{"bg.health.path", "off", "path of bg's own health check", false, path},
	{"bg.health.interval", "`1s`", "time between two checks", false, within(100*time.Millisecond, time.Hour)},
	{"bg.health.timeout", "`2s`", "time in which the app must answer", false, within(10*time.Millisecond, time.Minute)},
	{"bg.health.status", "`200-399`", "statuses that count as healthy", false, status},
	{"bg.health.latency", "none", "an answer slower than this counts as failed", false, within(time.Millisecond, time.Minute)},
	{"bg.health.failures", "`3`", "failures in a row that make a container unready", false, number(1, 100)},
	{"bg.smoke.NAME.path", "", "path of a smoke test", true, path},
	{"bg.smoke.NAME.method", "`GET`", "its method", true, oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")},
	{"bg.smoke.NAME.status", "`200-399`", "statuses that pass", true, status},
	{"bg.smoke.NAME.body", "", "text that the answer must hold", true, atMost(1 << 10)},
	{"bg.smoke.NAME.latency", "none", "an answer slower than this fails", true, within(time.Millisecond, time.Minute)},
	{"bg.smoke.NAME.header.NAME", "", "a request header", true, headerValue},
	{"bg.smoke.NAME.via", "`direct`", "`direct` (before traffic) or `proxy` (after the switch)", true, oneOf("direct", "proxy")},
	{"bg.judge.NAME", "on where metrics are", "canary analysis", false, atMost(1 << 10)},
	{"bg.failover", "`true`", "safe requests that the new color cannot answer go to the standby", true, boolean},
	{"bg.sticky", "`false`", "a visitor keeps the color", false, boolean},
	{"bg.preview.header", "off", "`NAME=VALUE`: requests with this header reach the candidate", false, previewHeader},
	{"bg.preview.host", "off", "requests for this host reach the candidate", false, host},
	{"bg.hook", "", "this service is a one-off: `expand`, `smoke`, `promoted`, `contract` or `demoted`", true, oneOf("expand", "smoke", "promoted", "contract", "demoted")},
	{"bg.handover", "`overlap`", "`exclusive`: never two colors of this service at once (workers, SQLite)", true, oneOf("overlap", "exclusive")},
	{"bg.publish", "none", "published host ports that `bg deploy` keeps, such as `53,8443`; it drops the others, as Traefik routes", true, ports},
	{"bg.network", "", "set by `bg deploy`: the proxy's network; the controller of another one leaves the container alone", true, atMost(255)},
	{"bg.release", "", "set by `bg deploy`: the release that the container belongs to", true, release},
}

// Table returns the schema as a Markdown table. A dagger marks the labels
// that this version checks but doesn't act on.
func Table() string {
	var b strings.Builder
	b.WriteString("| label | default | meaning |\n|---|---|---|\n")
	for _, l := range schema {
		mark := ""
		if !l.Acts {
			mark = " †"
		}
		b.WriteString("| `" + l.Name + "`" + mark + " | " + l.Default + " | " + l.Meaning + " |\n")
	}
	return b.String()
}

// idle lists, sorted, the given labels of bg that this version checks but
// doesn't act on.
func idle(labels map[string]string) []string {
	var found []string
	for key := range labels {
		if l, known := lookUp(key); known && !l.Acts {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
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
