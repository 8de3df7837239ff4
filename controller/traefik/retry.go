package traefik

import (
	"encoding/json"
	"strconv"

	"bg/controller/rollout"
)

// retried ends the name of the middleware that sends a request on to the next
// color where the first one was never reached.
const retried = "~retry"

// retryTimeout ends the tries at a color whose container has vanished, each of
// which takes as long as transport lets a dial. The color is met again each time
// with the chance of its share: at half of all requests one of a thousand is
// unlucky ten times, and is lost. To go on for longer is worse: the tries are at
// an address that Docker may have given to another app's container by then.
const retryTimeout = "8s"

// retries reports whether a request that may not be sent twice can go to another
// color of the service if the first one does not take the connection: not where
// there is but one, as in a soak.
//
// Traefik tries again only as long as nothing was sent: it asks Go's transport
// whether that began to write, on a new connection or on one that was kept. A
// body is not read before, and not kept.
func retries(s *rollout.Service) bool {
	return rescuer(s) != nil && len(serving(s.Backends)) > 1
}

// attempts is how often such a request is sent on its way. Traefik takes the
// colors by turns, the heavier one several times in a row; requests that come
// meanwhile take turns too. Ten times as many as that takes at most make it all
// but sure that the color behind the others is met, up to what stays cheap.
func attempts(s *rollout.Service) int {
	const most = 100
	for _, b := range s.Backends {
		if b.Color == s.Rescue && b.Weight > 0 {
			return min(most, 10*((100+b.Weight-1)/b.Weight))
		}
	}
	return most
}

func (w *writer) retries(r *rollout.Route) {
	for i := range r.Services {
		if s := &r.Services[i]; retries(s) {
			w.entry(w.app, s.Name, retried)
			w.b = strconv.AppendInt(append(w.b, `{"retry":{"attempts":`...), int64(attempts(s)), 10)
			w.b = append(w.b, `,"timeout":"`+retryTimeout+`"}}`...)
		}
	}
}

// withMiddleware adds a middleware behind those that a router's options name.
func withMiddleware(options map[string]json.RawMessage, name string) bool {
	var names []string
	if given := options["middlewares"]; given != nil && json.Unmarshal(given, &names) != nil {
		return false
	}
	text, err := json.Marshal(append(names, name))
	options["middlewares"] = text
	return err == nil
}
