package docker

import (
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"

	"bg/labels"
)

// hint is what one event says of one container: that it is worth a look.
type hint struct {
	id     string
	action events.Action
	at     time.Time // by the engine's clock, as a container's start
	signal int       // of a kill
	code   int       // exit code, of a die
	// labels and more of the container, if the event tells that it is
	// colored; nil otherwise, as with network events.
	labels map[string]string
}

// eventFilter asks for the events that can change what is known of a
// container. exec_* events of health checks are not among them. A filter on
// labels would hide the network events.
func eventFilter() filters.Args {
	args := filters.NewArgs(
		filters.Arg("type", string(events.ContainerEventType)),
		filters.Arg("type", string(events.NetworkEventType)),
	)
	for _, action := range []events.Action{
		events.ActionCreate, events.ActionStart, events.ActionRestart, events.ActionDie,
		events.ActionKill, events.ActionStop, events.ActionOOM, events.ActionPause,
		events.ActionUnPause, events.ActionDestroy, events.ActionRename,
		events.ActionHealthStatus, events.ActionUpdate,
		events.ActionConnect, events.ActionDisconnect,
	} {
		args.Add("event", string(action))
	}
	return args
}

// hintOf reads an event; ok is false if it concerns no container.
func hintOf(m events.Message) (h hint, ok bool) {
	h = hint{action: m.Action, at: time.Unix(0, m.TimeNano)}
	switch {
	case m.Type == events.ContainerEventType && !strings.HasPrefix(string(m.Action), "exec_"):
		h.id = m.Actor.ID
		if labels.Enabled(m.Actor.Attributes) {
			h.labels = m.Actor.Attributes
		}
		switch m.Action {
		case events.ActionKill:
			h.signal = signalNumber(m.Actor.Attributes["signal"])
		case events.ActionDie:
			var err error
			if h.code, err = strconv.Atoi(m.Actor.Attributes["exitCode"]); err != nil {
				h.code = -1 // 0 would be a success that nobody told of
			}
		}
	case m.Type == events.NetworkEventType && (m.Action == events.ActionConnect || m.Action == events.ActionDisconnect):
		h.id = m.Actor.Attributes["container"]
	}
	return h, validID(h.id)
}

// validID reports whether s may be a container's ID: 12 to 64 hex digits.
func validID(s string) bool {
	if len(s) < 12 || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
