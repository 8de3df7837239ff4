package socketproxy

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxEvent is the most bytes of an event. A longer one is left out: the labels
// of its container are beyond what bg takes, and the list shows it too.
const maxEvent = 1 << 20

// healthStatus stands for the three actions "health_status: healthy" and so on.
const healthStatus = "health_status"

// told are the events that the controller may ask for.
var told = []string{
	"create", "start", "restart", "die", "kill", "stop", "oom", "pause", "unpause",
	"destroy", "rename", healthStatus, "update", "connect", "disconnect",
}

// event is what the controller reads of an event. What has no field here is
// not handed on.
type event struct {
	Type     string
	Action   string
	Actor    actor
	TimeNano int64 `json:"timeNano"`
}

type actor struct {
	ID         string
	Attributes map[string]string
}

// events hands the stream on until one of its ends closes.
func (p *Proxy) events(ctx context.Context, w http.ResponseWriter, call Call) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(call.limit(), cancel)
	query := url.Values{"since": {call.Since}, "filters": {writeFilters(map[string][]string{"type": {"container", "network"}, "event": call.Events})}}
	res, err := p.engine.ask(ctx, http.MethodGet, call, "/events", query)
	late.Stop()
	if err != nil {
		answerError(w, err)
		return
	}
	defer res.Body.Close()

	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	in, out := bufio.NewReaderSize(res.Body, 16<<10), json.NewEncoder(w)
	for {
		if in.Buffered() == 0 {
			if err := control.Flush(); err != nil {
				return
			}
		}
		line, err := readLine(in, maxEvent)
		if err != nil {
			return
		}
		_ = control.SetWriteDeadline(time.Now().Add(writeLimit))
		if e, ok := p.pass(line); ok && out.Encode(e) != nil {
			return
		}
	}
}

// pass returns what is handed on of a line, if anything is.
func (p *Proxy) pass(line []byte) (e event, ok bool) {
	if json.Unmarshal(line, &e) != nil {
		return e, false
	}
	switch action, _, _ := strings.Cut(e.Action, ":"); e.Type {
	case "container":
		return e, slices.Contains(told, action) && p.own(e.Actor.Attributes)
	case "network":
		// It tells no labels. The controller knows its own by the ID.
		e.Actor.Attributes = map[string]string{"container": e.Actor.Attributes["container"]}
		return e, action == "connect" || action == "disconnect"
	}
	return e, false
}

// readLine returns the next line, or an empty one in place of a line with more
// than limit bytes. The result holds until the next call.
func readLine(in *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if long = long || len(line)+len(part) > limit; long {
			line = nil
		} else if err == nil && line == nil {
			return part, nil
		} else {
			line = append(line, part...)
		}
		if err == nil {
			return line, nil
		}
	}
}
