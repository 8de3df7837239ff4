package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 64 << 10

// web answers HTTP.
type web struct {
	config
	store *store
	mux   *http.ServeMux
}

func newWeb(c config, s *store) *web {
	w := &web{config: c, store: s, mux: http.NewServeMux()}
	w.mux.HandleFunc("GET /healthz", healthz)
	w.mux.HandleFunc("POST /orders", w.addOrder)
	w.mux.HandleFunc("GET /orders/count", w.count)
	w.mux.HandleFunc("GET /orders/{id}", w.order)
	w.mux.HandleFunc("POST /jobs", w.addJob)
	return w
}

// ServeHTTP tells in each answer who gives it.
func (w *web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	out.Header().Set("X-Color", w.color)
	out.Header().Set("X-Version", w.version)
	r.Body = http.MaxBytesReader(out, r.Body, maxBody)
	w.mux.ServeHTTP(out, r)
}

func healthz(out http.ResponseWriter, _ *http.Request) { fmt.Fprintln(out, "ok") }

// addOrder takes an order {"id": ..., "name": ...}. It answers 201 once that is
// committed, and 409 for an ID that it has: an order that was sent twice shows.
func (w *web) addOrder(out http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || o.ID == "" || o.Name == "" {
		http.Error(out, `an order is {"id": ..., "name": ...}`, http.StatusBadRequest)
		return
	}
	o.Color, o.Version = w.color, w.version
	created(out, w.store.addOrder(o))
}

// addJob takes a job {"id": ...} and answers as addOrder does.
func (w *web) addJob(out http.ResponseWriter, r *http.Request) {
	var job struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&job); err != nil || job.ID == "" {
		http.Error(out, `a job is {"id": ...}`, http.StatusBadRequest)
		return
	}
	created(out, w.store.addJob(job.ID))
}

func created(out http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errTaken):
		http.Error(out, err.Error(), http.StatusConflict)
	case err != nil:
		http.Error(out, err.Error(), http.StatusInternalServerError)
	default:
		out.WriteHeader(http.StatusCreated)
	}
}

// order answers an order as this version reads it.
func (w *web) order(out http.ResponseWriter, r *http.Request) {
	o, found, err := w.store.order(r.PathValue("id"))
	switch {
	case err != nil:
		http.Error(out, err.Error(), http.StatusInternalServerError)
	case !found:
		http.NotFound(out, r)
	default:
		json.NewEncoder(out).Encode(o)
	}
}

func (w *web) count(out http.ResponseWriter, _ *http.Request) {
	n, err := w.store.countOrders()
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(out, n)
}
