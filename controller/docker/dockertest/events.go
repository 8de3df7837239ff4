package dockertest

import "maps"

// Event is one event as Docker tells it.
type Event struct {
	Type     string
	Action   string
	Actor    Actor
	Scope    string `json:"scope"`
	Time     int64  `json:"time"`
	TimeNano int64  `json:"timeNano"`
}

// Actor is what an Event is about.
type Actor struct {
	ID         string
	Attributes map[string]string
}

// kept is how many events Docker remembers.
const kept = 256

// Emit tells an event of a container, now. Its labels are among the
// attributes.
func (e *Engine) Emit(id, action string, attributes map[string]string) {
	e.mu.Lock()
	all := e.attributes(id)
	e.mu.Unlock()
	maps.Copy(all, attributes)
	e.send(Event{Type: "container", Action: action, Actor: Actor{id, all}})
}

// EmitNetwork tells that a container was connected or disconnected.
func (e *Engine) EmitNetwork(id, network, action string) {
	e.send(Event{Type: "network", Action: action, Actor: Actor{
		"0123456789ab", map[string]string{"container": id, "name": network, "type": "bridge"},
	}})
}

func (e *Engine) attributes(id string) map[string]string {
	all := map[string]string{"image": "sample"}
	if c := e.containers[id]; c != nil {
		maps.Copy(all, c.Labels)
		all["name"] = c.Name
	}
	return all
}

// send stamps an event and hands it to all streams.
func (e *Engine) send(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	ev.Scope, ev.Time, ev.TimeNano = "local", now.Unix(), now.UnixNano()
	if e.holding {
		e.held = append(e.held, ev)
		return
	}
	e.spread(ev)
}

func (e *Engine) spread(ev Event) {
	if e.mute {
		return
	}
	e.kept = append(e.kept, ev)
	e.kept = e.kept[max(0, len(e.kept)-kept):]
	for stream, cut := range e.streams {
		select {
		case stream <- ev:
		default:
			cut() // Docker drops slow readers
		}
	}
}

// Replay tells an old event once more, with its time.
func (e *Engine) Replay(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spread(ev)
}

// Told returns the events that the engine remembers, oldest first.
func (e *Engine) Told() []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Event(nil), e.kept...)
}

// Hold keeps events back until Release.
func (e *Engine) Hold() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.holding = true
}

// Release tells the events held back as mangle returns them: in another
// order, doubled, or not at all. nil leaves them as they are.
func (e *Engine) Release(mangle func([]Event) []Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	held := e.held
	e.holding, e.held = false, nil
	if mangle != nil {
		held = mangle(held)
	}
	for _, ev := range held {
		e.spread(ev)
	}
}

// Mute makes streams stay open and tell nothing; what happens meanwhile is
// not remembered either.
func (e *Engine) Mute(mute bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mute = mute
}

// Cut ends all streams.
func (e *Engine) Cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, cut := range e.streams {
		cut()
	}
}
