package socketproxy

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"
)

// answerError answers in Docker's form.
func answerError(w http.ResponseWriter, err error) {
	status := http.StatusBadGateway
	var f *failure
	if errors.As(err, &f) {
		status = f.status
	}
	answer(w, status, map[string]string{"message": err.Error()})
}

func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(http.ErrAbortHandler) // an answer of ours is always JSON
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// refuse answers 403 and closes the connection: what stands behind the line
// and the headers of a request that is not allowed is no next request.
func (p *Proxy) refuse(w http.ResponseWriter, r *http.Request, reason error) {
	if n, due := p.refusals.note(time.Now()); due {
		p.log.Warn("request refused", "method", clip(r.Method), "path", clip(r.URL.Path), "reason", reason, "since_last", n)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Second))
	w.Header().Set("Connection", "close")
	answerError(w, &failure{http.StatusForbidden, "bg socket-proxy: " + reason.Error()})
}

func clip(s string) string { return s[:min(len(s), 100)] }

// refusals keeps the log small when somebody tries everything.
type refusals struct {
	mu    sync.Mutex
	last  time.Time
	count int // since the last that was logged, that one left out
}

// note counts a refusal. due says to log it, with how many there were since
// the last one logged: at most one a second.
func (r *refusals) note(now time.Time) (n int, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.last) < time.Second {
		r.count++
		return 0, false
	}
	n, r.count, r.last = r.count, 0, now
	return n, true
}
