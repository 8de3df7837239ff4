package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"
)

const (
	maxBody      = 64 << 10
	maxPolls     = 128
	maxCommands  = 64
	commandLimit = 30 * time.Second // for the backend to take a command
	answerLimit  = 10 * time.Second // for writing an answer
)

type handler struct {
	backend  Backend
	log      *slog.Logger
	polls    chan struct{} // a slot per request that may wait for minutes
	commands chan struct{} // a slot per request that the decision works on
}

// NewHandler returns the handler of all routes. It may serve any number of
// requests at once; it starts no goroutines. Serve it with NewServer, whose
// time limits it counts on.
func NewHandler(b Backend, log *slog.Logger) http.Handler {
	return guard(routes(b, log), localHost)
}

// routes is the handler without its guard.
func routes(b Backend, log *slog.Logger) http.Handler {
	h := &handler{
		backend:  b,
		log:      log,
		polls:    make(chan struct{}, maxPolls),
		commands: make(chan struct{}, maxCommands),
	}
	mux := http.NewServeMux()
	route := func(method, pattern string, f http.HandlerFunc) {
		mux.HandleFunc(method+" "+pattern, f)
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", method)
			fail(w, http.StatusMethodNotAllowed, "use "+method)
		})
	}
	route("GET", "/v1/ping", h.ping)
	route("GET", "/v1/status", h.status)
	route("GET", "/v1/history", h.history)
	route("GET", "/v1/apps/{app}/wait", h.wait)
	route("GET", "/v1/apps/{app}/record", h.record)
	for _, verb := range verbs() {
		route("POST", "/v1/apps/{app}/"+verb, h.command(verb))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "no such path: see /v1/status")
	})
	return mux
}

func (h *handler) ping(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, struct{}{})
}

func (h *handler) status(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r, "after", "timeout")
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	slots, limit := h.commands, commandLimit
	if q.after > 0 {
		slots, limit = h.polls, q.timeout
	}
	ctx, done, ok := h.begin(w, r, slots, limit)
	if !ok {
		return
	}
	defer done()
	s, err := h.backend.Status(ctx, q.after)
	h.finish(w, r, s, err)
}

func (h *handler) history(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r, "app", "limit")
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, done, ok := h.begin(w, r, h.commands, commandLimit)
	if !ok {
		return
	}
	defer done()
	events, err := h.backend.History(ctx, q.app, q.limit)
	if events == nil {
		events = []Event{}
	}
	h.finish(w, r, events, err)
}

func (h *handler) wait(w http.ResponseWriter, r *http.Request) {
	app := r.PathValue("app")
	q, err := parseQuery(r, "generation", "timeout")
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	if !ValidApp(app) {
		fail(w, http.StatusBadRequest, badApp(app))
		return
	}
	ctx, done, ok := h.begin(w, r, h.polls, q.timeout)
	if !ok {
		return
	}
	defer done()
	o, err := h.backend.Wait(ctx, app, q.generation)
	if errors.Is(err, context.DeadlineExceeded) {
		o, err = Outcome{Outcome: Pending}, nil
	}
	h.finish(w, r, o, err)
}

func (h *handler) record(w http.ResponseWriter, r *http.Request) {
	app := r.PathValue("app")
	q, err := parseQuery(r, "service")
	if err == nil && !ValidApp(app) {
		err = errors.New(badApp(app))
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, done, ok := h.begin(w, r, h.commands, commandLimit)
	if !ok {
		return
	}
	defer done()
	record, err := h.backend.Record(ctx, app, q.service)
	h.finish(w, r, record, err)
}

func (h *handler) command(verb string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		app := r.PathValue("app")
		if !ValidApp(app) {
			fail(w, http.StatusBadRequest, badApp(app))
			return
		}
		if _, err := parseQuery(r); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		// A form of a web page can't have this type.
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			fail(w, http.StatusUnsupportedMediaType, "the Content-Type must be application/json")
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			fail(w, http.StatusRequestEntityTooLarge, "the body is larger than 64 KiB")
			return
		case err != nil:
			fail(w, http.StatusBadRequest, "the body could not be read")
			return
		}
		c, err := ParseCommand(verb, body)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		if name, ok := visitor(r.Context()); ok {
			c.Actor = name // proven, where Actor is but a claim
		}
		ctx, done, ok := h.begin(w, r, h.commands, commandLimit)
		if !ok {
			return
		}
		defer done()
		a, err := h.backend.Command(ctx, app, verb, c)
		h.finish(w, r, a, err)
	}
}

// begin takes one of the slots and moves the connection's time limits, which
// NewServer sets for short requests, past limit. If ok is false it has
// answered; else the caller must call done.
func (h *handler) begin(w http.ResponseWriter, r *http.Request, slots chan struct{}, limit time.Duration) (ctx context.Context, done func(), ok bool) {
	select {
	case slots <- struct{}{}:
	default:
		w.Header().Set("Retry-After", "1")
		fail(w, http.StatusServiceUnavailable, "too many requests at once: try again in a second")
		return nil, nil, false
	}
	// Both fail on a ResponseRecorder alone, which has no time limits.
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{})
	_ = c.SetWriteDeadline(time.Now().Add(limit + answerLimit))
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	return ctx, func() { cancel(); <-slots }, true
}

// finish answers with v, or with what err deserves.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, v any, err error) {
	var refusal *Refusal
	switch {
	case err == nil:
		reply(w, http.StatusOK, v)
	case errors.As(err, &refusal):
		fail(w, http.StatusConflict, refusal.Text)
	case r.Context().Err() != nil:
		// The client is gone.
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		fail(w, http.StatusServiceUnavailable, "the controller is stopping or busy: try again")
	default:
		h.log.Error("request failed", "path", r.URL.Path, "err", err)
		fail(w, http.StatusInternalServerError, "the controller could not do it, its log says why: docker logs CONTAINER")
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the client is gone
}

func fail(w http.ResponseWriter, status int, text string) { reply(w, status, Error{Error: text}) }
