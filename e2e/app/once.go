package main

import (
	"fmt"
	"net/http"
	"regexp"
)

var onceID = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// once is the page /once/ID, for requests that must not be carried out twice.
func (a *app) once(w http.ResponseWriter, r *http.Request) {
	if !onceID.MatchString(r.PathValue("id")) {
		http.Error(w, "an id is 1 to 64 of a-z, 0-9 and -", http.StatusBadRequest)
		return
	}
	a.page(w, r)
}

// enter writes "once ID" to the app's output for each POST to /once/ID, the
// moment that it arrives and whatever mode makes of it after that. Docker keeps
// the lines when the app is killed, where a count in memory would die with it.
func (a *app) enter(r *http.Request) {
	if _, pattern := a.mux.Handler(r); pattern != oncePattern {
		return
	}
	if id := r.URL.Path[len("/once/"):]; onceID.MatchString(id) {
		fmt.Fprintln(a.start.out, "once", id)
	}
}

const oncePattern = "POST /once/{id}"
