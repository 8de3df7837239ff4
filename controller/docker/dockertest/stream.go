package dockertest

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// events serves /events. Docker, too, answers before it subscribes.
func (e *Engine) events(w http.ResponseWriter, r *http.Request) {
	var filters map[string]map[string]bool
	if f := r.FormValue("filters"); f != "" {
		if err := json.Unmarshal([]byte(f), &filters); err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
	}
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()

	stream, ctx, replay := e.subscribe(r)
	defer e.unsubscribe(stream)
	for _, ev := range replay {
		tell(w, ev, filters)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case ev := <-stream:
			tell(w, ev, filters)
		}
	}
}

func tell(w http.ResponseWriter, ev Event, filters map[string]map[string]bool) {
	if !passes(filters["type"], ev.Type) || !passes(filters["event"], ev.Action) {
		return
	}
	_ = json.NewEncoder(w).Encode(ev)
	_ = http.NewResponseController(w).Flush()
}

// passes follows Docker, which takes a filter for a prefix where one of
// them is health_status.
func passes(filter map[string]bool, value string) bool {
	if len(filter) == 0 || filter[value] {
		return true
	}
	if filter["health_status"] {
		for f := range filter {
			if strings.HasPrefix(value, f) {
				return true
			}
		}
	}
	return false
}

// since reads the parameter of /events: seconds with a fraction.
func since(r *http.Request) (time.Time, bool) {
	seconds, nanos, _ := strings.Cut(r.FormValue("since"), ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	n, _ := strconv.ParseInt(nanos, 10, 64)
	return time.Unix(s, n), true
}

// subscribe opens a stream and returns the events since the time asked for.
func (e *Engine) subscribe(r *http.Request) (chan Event, context.Context, []Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	stream := make(chan Event, 1024)
	ctx, cut := context.WithCancel(r.Context())
	e.streams[stream] = cut
	var replay []Event
	if from, ok := since(r); ok {
		for _, ev := range e.kept {
			if !time.Unix(0, ev.TimeNano).Before(from) {
				replay = append(replay, ev)
			}
		}
	}
	return stream, ctx, replay
}

func (e *Engine) unsubscribe(stream chan Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.streams[stream]()
	delete(e.streams, stream)
}
