package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// maxBody bounds what /echo reads and /bytes sends.
const maxBody = 1 << 30

// echo answers the sha256 and the length of the body, so that a test can tell
// whether a large upload arrived whole.
func (a *app) echo(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, counter{a}), http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%x %d\n", sum.Sum(nil), n)
}

// counter counts what has arrived, as it arrives.
type counter struct{ a *app }

func (c counter) Write(p []byte) (int, error) {
	c.a.read.Add(int64(len(p)))
	return len(p), nil
}

// echoed answers how many bytes of bodies have arrived at /echo up to now, so that
// a test can tell whether a proxy holds an upload back until it is whole.
func (a *app) echoed(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, a.read.Load()) }

// bytes answers with n zero bytes.
func (a *app) bytes(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 0 || n > maxBody {
		http.Error(w, fmt.Sprintf("give a number up to %d", maxBody), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	io.CopyN(w, zeros{}, n)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
