// Package socketproxy stands between the controller and Docker's socket, so
// that whoever takes the controller over does not have Docker, which is to
// have the machine.
//
// What holds here:
//   - What is not on the list of Allow is refused, and the list holds what the
//     controller calls and nothing else.
//   - What Docker is asked is made anew of a Call: no byte of a client's
//     request, header or body gets there, and no connection is handed over.
//   - A container is started or stopped by its full ID only, after Docker
//     itself has said that its labels make it bg's.
//   - Of Docker's answers the controller gets the members that it reads, by
//     name: no environment, no command, no mount, no output of a health check;
//     and of containers without the label nothing but that a network gained or
//     lost one.
//   - Everything is bounded in size, and in time but for the stream of events.
//
// It imports no other edge, and no client of Docker's: of an engine of any
// version it needs six paths.
package socketproxy

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// How long a call may take. The controller's own limits are shorter, but for
// that of a stop: it waits for the container's grace, ten minutes at most.
const (
	answerLimit = 30 * time.Second
	startLimit  = time.Minute
	stopLimit   = 11 * time.Minute
	writeLimit  = 30 * time.Second // of a client that does not read, per write
)

// Options says whom a Proxy serves.
type Options struct {
	Docker string // path of Docker's socket
	// Network is the controller's. Containers that bg deploy has made for
	// another one are not its to touch.
	Network string
	Log     *slog.Logger // nil: none
}

// Proxy is the http.Handler. Its methods may run at once.
type Proxy struct {
	engine   engine
	network  string
	log      *slog.Logger
	refusals refusals
}

// New returns a Proxy. It starts nothing and calls nobody.
func New(o Options) *Proxy {
	return &Proxy{
		engine: newEngine(o.Docker), network: o.Network,
		log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
	}
}

// Close gives up idle connections to Docker.
func (p *Proxy) Close() { p.engine.transport.CloseIdleConnections() }

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	call, err := Allow(r.Method, path, query)
	if err == nil {
		err = plain(r)
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	limit := call.limit()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + writeLimit))
	if call.Kind == Events {
		p.events(r.Context(), w, call)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	switch call.Kind {
	case Ping:
		p.ping(ctx, w, call)
	case List:
		p.list(ctx, w, call)
	case Inspect:
		p.inspect(ctx, w, call)
	case Start, Stop:
		p.act(ctx, w, call)
	}
}

// limit returns how long the call may take; that of events is for the start of
// the answer.
func (c Call) limit() time.Duration {
	switch c.Kind {
	case Start:
		return startLimit
	case Stop:
		return stopLimit
	}
	return answerLimit
}

// plain returns an error for a request that carries more than its line and
// headers, or asks to be made into something else.
func plain(r *http.Request) error {
	switch {
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		return errors.New("a request with a body is not among what bg's controller needs")
	case len(r.Header.Values("Upgrade")) > 0 || len(r.Header.Values("Http2-Settings")) > 0:
		return errors.New("an upgraded connection is not among what bg's controller needs")
	}
	return nil
}

// ping tells the version of the API that the controller is to speak.
func (p *Proxy) ping(ctx context.Context, w http.ResponseWriter, call Call) {
	res, err := p.engine.ask(ctx, http.MethodHead, call, "/_ping", nil)
	if err != nil {
		answerError(w, err)
		return
	}
	defer res.Body.Close()
	if v := res.Header.Get("Api-Version"); versionWord.MatchString(v) {
		w.Header().Set("Api-Version", v)
	}
	w.Header().Set("Ostype", "linux")
	w.Header().Set("Cache-Control", "no-cache, no-store, must-revalidate")
	_, _ = w.Write([]byte("OK"))
}
