package dockertest

import "net/http"

// Fault is a way to misbehave.
type Fault string

// The faults. The zero value is none.
const (
	Hang      Fault = "hang"       // no answer until the caller gives up
	Error     Fault = "500"        // an error of the daemon
	Empty     Fault = "empty"      // 200 without a body
	Partial   Fault = "partial"    // 200 and half of the JSON
	Null      Fault = "null"       // 200 and null
	NoContent Fault = "no content" // 204
	Moved     Fault = "moved"      // 301 with an empty list
	Refuse    Fault = "refuse"     // the connection is closed
)

// Break makes all requests of a kind misbehave; "" mends them. Requests
// that hang stay so.
func (e *Engine) Break(c Call, f Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults[c] = f
}

// BreakInspect makes the inspects of one container misbehave.
func (e *Engine) BreakInspect(id string, f Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inspects[id] = f
}

// Say makes the engine answer all requests of a kind with 200 and these bytes,
// whatever they are; nil ends it.
func (e *Engine) Say(c Call, words []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.words[c] = words
}

// misbehave answers as f says, or returns false if that is to answer.
func misbehave(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f {
	case Hang:
		<-r.Context().Done()
	case Error:
		refuse(w, http.StatusInternalServerError, "something broke")
	case Empty:
		w.WriteHeader(http.StatusOK)
	case Null:
		_, _ = w.Write([]byte("null"))
	case NoContent:
		w.WriteHeader(http.StatusNoContent)
	case Moved:
		w.WriteHeader(http.StatusMovedPermanently)
		_, _ = w.Write([]byte("[]"))
	case Refuse:
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}
