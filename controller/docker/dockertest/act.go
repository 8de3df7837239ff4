package dockertest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// serveStart starts a container as Docker does, with new addresses on its
// networks.
func (e *Engine) serveStart(w http.ResponseWriter, id string) {
	c, ok := e.get(id)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "No such container: "+id)
	case c.State == "running":
		w.WriteHeader(http.StatusNotModified)
	case c.StartError != "":
		refuse(w, http.StatusBadRequest, c.StartError)
	default:
		e.Start(id, e.addresses(c.Networks))
		w.WriteHeader(http.StatusNoContent)
	}
}

// serveStop stops a container as Docker does: it answers when the container
// has ended, whether or not the caller is still there.
func (e *Engine) serveStop(w http.ResponseWriter, id string) {
	c, ok := e.get(id)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "No such container: "+id)
		return
	case c.State != "running" && c.State != "restarting" && c.State != "paused":
		w.WriteHeader(http.StatusNotModified)
		return
	}
	e.Emit(id, "kill", map[string]string{"signal": cmp.Or(c.StopSignal, "15")})
	grace, code := 10*time.Second, 143
	if c.StopTimeout != nil {
		grace = time.Duration(*c.StopTimeout) * time.Second
	}
	if grace >= 0 && c.Ending > grace {
		time.Sleep(grace)
		e.Emit(id, "kill", map[string]string{"signal": "9"})
		code = 137
	} else {
		time.Sleep(c.Ending)
	}
	e.Exit(id, code, false)
	e.Emit(id, "stop", nil)
	w.WriteHeader(http.StatusNoContent)
}

// get returns a copy of the container.
func (e *Engine) get(id string) (Container, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.containers[id]
	if c == nil {
		return Container{}, false
	}
	return *c, true
}

// addresses gives out addresses that nobody had before.
func (e *Engine) addresses(networks map[string]string) map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	given := maps.Clone(networks)
	for n := range given {
		e.endpoints++
		given[n] = fmt.Sprintf("10.77.%d.%d", e.endpoints>>8&255, e.endpoints&255)
	}
	return given
}
