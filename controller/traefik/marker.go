package traefik

import (
	"bytes"
	"strconv"

	"bg/controller/rollout"
)

// The marker of a generation is a middleware, which Traefik's API lists, and
// two routers, which answer at the entrypoints. Their names can't be those
// of any app's: Qualify puts no dot before the first dash.

// markerHost is the host of the marker routers. The rule has it as a pattern
// on purpose: from a plain Host Traefik would go and ask an ACME server for
// a certificate on entrypoints with a resolver. Read as the older rule
// syntax it means the same.
const (
	markerHost   = "confirm.bg.internal"
	markerStatus = 418 // of noop@internal
	// No router of an app's stands above it: see rollout.OwnHosts.
	markerPriority = rollout.OwnRank
)

func markerName(generation uint64) string {
	return "bg.generation-" + strconv.FormatUint(generation, 10)
}

func markerPath(generation uint64) string { return "/" + strconv.FormatUint(generation, 10) }

// marker writes the middleware. It may not be empty, and is never used.
func (w *writer) marker(generation uint64) {
	w.entry(markerName(generation))
	w.b = append(w.b, `{"headers":{"customResponseHeaders":{"Bg-Generation":"`...)
	w.b = append(strconv.AppendUint(w.b, generation, 10), `"}}}`...)
}

// markerRouters writes the routers, for plain and for encrypted entrypoints.
func (w *writer) markerRouters(generation uint64) {
	for _, m := range []struct{ name, tls string }{{"bg.confirm", ""}, {"bg.confirm-tls", `,"tls":{}`}} {
		w.entry(m.name)
		w.b = append(w.b, `{"service":"noop@internal","rule":"HostRegexp(`+"`"+markerHost+"`"+`) && Path(`+"`"...)
		w.b = append(append(w.b, markerPath(generation)...), "`)\",\"priority\":"...)
		w.b = strconv.AppendInt(w.b, markerPriority, 10)
		w.b = append(append(w.b, m.tls...), '}')
	}
}

// header is the comment that the file starts with.
const header = "# written by bg, generation "

// Generation returns the generation of a file that Render made. ok is false
// for any other file.
func Generation(data []byte) (generation uint64, ok bool) {
	rest, found := bytes.CutPrefix(data, []byte(header))
	digits, _, ends := bytes.Cut(rest, []byte(";"))
	if !found || !ends || len(digits) > 20 {
		return 0, false
	}
	generation, err := strconv.ParseUint(string(digits), 10, 64)
	return generation, err == nil
}
