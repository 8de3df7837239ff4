package dockertest

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Call is one kind of request.
type Call string

// The requests that the engine knows.
const (
	Ping    Call = "ping"
	Version Call = "version"
	Events  Call = "events"
	List    Call = "list"
	Inspect Call = "inspect"
	Network Call = "network"
	Start   Call = "start"
	Stop    Call = "stop"
	Other   Call = "other" // what the engine does not know
)

// ServeHTTP answers as Docker does.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, route := "", r.URL.Path
	if rest, ok := strings.CutPrefix(route, "/v"); ok {
		version, route, _ = strings.Cut(rest, "/")
		route = "/" + route
	}
	call, id := classify(r.Method, route)

	e.mu.Lock()
	e.calls[call]++
	fault := e.faults[call]
	if f := e.inspects[id]; call == Inspect && f != "" {
		fault = f
	}
	least, newest, words := e.min, e.api, e.words[call]
	e.mu.Unlock()

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Api-Version", newest)
	switch {
	case misbehave(w, r, fault):
	case words != nil:
		_, _ = w.Write(words)
	case version != "" && minor(version) > minor(newest):
		refuse(w, http.StatusBadRequest, "client version "+version+" is too new. Maximum supported API version is "+newest)
	case version != "" && minor(version) < minor(least):
		refuse(w, http.StatusBadRequest, "client version "+version+" is too old. Minimum supported API version is "+least)
	case call == Ping:
	case call == Events:
		e.events(w, r)
	case call == Version:
		answer(w, map[string]any{"Version": "20.10.24", "ApiVersion": newest}, fault)
	case call == List:
		answer(w, e.list(), fault)
	case call == Inspect:
		if c := e.find(id); c != nil {
			answer(w, c, fault)
		} else {
			refuse(w, http.StatusNotFound, "No such container: "+id)
		}
	case call == Start:
		e.serveStart(w, id)
	case call == Stop:
		e.serveStop(w, id)
	case call == Network && e.hasNetwork(id):
		answer(w, map[string]any{"Name": id}, fault)
	case call == Network:
		refuse(w, http.StatusNotFound, "network "+id+" not found")
	default:
		refuse(w, http.StatusNotFound, "page not found")
	}
}

func classify(method, route string) (c Call, id string) {
	if method == http.MethodPost {
		id, action := path.Split(strings.TrimPrefix(route, "/containers/"))
		if c := Call(action); c == Start || c == Stop {
			return c, strings.TrimSuffix(id, "/")
		}
		return Other, ""
	}
	switch {
	case route == "/_ping":
		return Ping, ""
	case route == "/version":
		return Version, ""
	case route == "/events":
		return Events, ""
	case route == "/containers/json":
		return List, ""
	case strings.HasPrefix(route, "/containers/") && path.Base(route) == "json":
		return Inspect, path.Base(path.Dir(route))
	case strings.HasPrefix(route, "/networks/"):
		return Network, path.Base(route)
	}
	return Other, ""
}

func answer(w http.ResponseWriter, v any, f Fault) {
	body, err := json.Marshal(v)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	if f == Partial {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func minor(version string) int {
	_, m, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(m)
	return n
}

// list returns the entries with label bg.enable.
func (e *Engine) list() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := []any{}
	for _, c := range e.containers {
		if _, ok := c.Labels["bg.enable"]; ok {
			all = append(all, c.list())
		}
	}
	return all
}

func (e *Engine) find(id string) any {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.containers[id]; c != nil {
		return c.inspect()
	}
	return nil
}

func (e *Engine) hasNetwork(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.networks[name]
}
