package rollout

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// controller is the part of the controller's loop that comes after a decision,
// with all that can go wrong between two of its effects: save, publish,
// confirm, act.
type controller struct {
	state     State             // as decided; what is saved is the same
	confirmed uint64            // that was seen live, in this life of the controller
	actions   []Action          // wanted by the last decision
	wake      time.Time         // of the last decision
	failures  map[string]string // containers that could not be started or stopped
	can       *Proxy            // what it was told of the proxy
	last      *World            // as it was seen last
	next      mishap            // of the next decision
}

// mishap is what becomes of a decision.
type mishap string

const (
	unsaved   mishap = "unsaved"   // the store fails; the controller goes on with what it had
	forgotten mishap = "forgotten" // a crash before it is saved
	unwritten mishap = "unwritten" // a crash before it is written for the proxy
	undone    mishap = "undone"    // a crash before anything of it is done, and anybody hears of it
)

var anyMishap = rapid.SampledFrom([]mishap{unsaved, forgotten, unwritten, undone})

// strike has something go wrong with the next decision, whatever leads to it.
func (m *model) strike(t *rapid.T) { m.next = anyMishap.Draw(t, "mishap") }

// restart has the controller end between two decisions.
func (m *model) restart(t *rapid.T) {
	m.crash()
	m.step(t, Input{})
}

// crash has the controller come back with what was saved, and bring the file
// to it: nothing else is known to it.
func (m *model) crash() {
	m.state = Resume(reload(m.state))
	m.confirmed, m.actions, m.wake, m.can = 0, nil, time.Time{}, nil
	clear(m.checks)
	m.notes.blind()
	m.publish()
}

// take carries a decision out, as far as it comes, and checks what must hold
// of it once it is made.
func (m *model) take(s *step) {
	mishap := m.next
	m.next = ""
	switch mishap {
	case unsaved:
		return
	case forgotten:
		m.crash()
		return
	}
	m.state, m.actions, m.wake = s.after, s.plan.Actions, s.plan.Wake
	m.keep(m.state)
	m.note(s)
	s.hold()
	switch mishap {
	case unwritten:
		m.crash()
	case undone:
		m.publish()
		m.crash()
	default:
		m.publish()
	}
}

// act carries some of the wanted actions out, in any order; some fail.
func (m *model) act(t *rapid.T) {
	if len(m.actions) == 0 {
		return
	}
	m.carry(t, rapid.SampledFrom(m.actions).Draw(t, "action").ID(), sometimes.Draw(t, "fails"), sometimes.Draw(t, "slowly"))
}

func (m *model) carry(t *rapid.T, id string, fails, slowly bool) {
	a := m.actions[slices.IndexFunc(m.actions, func(a Action) bool { return a.ID() == id })]
	if a.Kind == ActTest {
		v := Verdict{Key: a.Key}
		if fails {
			v.Fault = "status 500"
		}
		m.step(t, Input{Verdicts: []Verdict{v}})
		return
	}
	if delete(m.failures, id); fails {
		m.failures[id] = "no"
		m.step(t, Input{})
		delete(m.failures, id)
		return
	}
	i := slices.IndexFunc(m.containers, func(c *Container) bool { return c.ID == id })
	if i < 0 {
		return // somebody has removed it since
	}
	switch c := m.containers[i]; {
	case a.Kind == ActStop:
		i7truly(t, m, c)
		if m.turn(c, Exited); slowly && c.Condition != Stopping {
			m.turn(c, Stopping)
		}
	case c.Spec.Hook != "":
		m.turn(c, Unchecked)
	default:
		m.turn(c, Ready)
	}
	m.step(t, Input{})
}

// proxy is the file that the controller writes, and what the proxy made of it.
type proxy struct {
	saved map[uint64]*Routing // every generation that was ever saved
	file  *Routing            // nil: there is none
	live  *Routing            // nil: it serves nothing
	full  bool                // the disk: nothing can be written
	read  *Routing            // the file that i15 has read
}

// keep notes the routing of a state that is saved.
func (p *proxy) keep(s State) { p.saved[s.Generation] = s.Routing() }

// publish brings the file to what is saved, if it can be written.
func (m *model) publish() {
	if !m.full && m.state.Generation > 0 && (m.file == nil || m.file.Generation != m.state.Generation) {
		m.file = m.state.Routing()
	}
}

// serve has the proxy read the file while nobody looks: it confirms late, if
// at all. Now and then the disk is full meanwhile.
func (m *model) serve(t *rapid.T) {
	m.full = sometimes.Draw(t, "full")
	m.live = m.file
	m.step(t, Input{})
}

// forget has the proxy start anew: it serves nothing until it has read the file.
func (m *model) forget(t *rapid.T) {
	m.live = nil
	m.step(t, Input{})
}

// confirm has the proxy serve the file, and the controller see it. Of another
// generation than its own it takes no notice.
func (m *model) confirm(t *rapid.T) {
	m.full = false
	m.publish()
	m.witness()
	m.step(t, Input{})
}

func (m *model) witness() {
	if m.live = m.file; m.live != nil && m.live.Generation == m.state.Generation {
		m.confirmed = m.state.Generation
	}
}

// refuse has the proxy not take over what was written, or not in time.
func (m *model) refuse(t *rapid.T) {
	if m.state.Generation > m.confirmed {
		m.step(t, Input{Refused: m.state.Generation, Reason: "bad rule"})
	}
}

// learn has the proxy tell what it can do.
func (m *model) learn(t *rapid.T) {
	m.can = &Proxy{Failover: rapid.Bool().Draw(t, "failover"), Metrics: rapid.Bool().Draw(t, "metrics")}
	m.step(t, Input{})
}

// i5: after a crash at any point the file is the last decision or one before,
// whole; with a disk that takes it, it is the last one once the controller is
// back.
func i5(t *rapid.T, m *model) {
	if m.file == nil {
		if !m.full && m.state.Generation > 0 {
			t.Fatalf("I5: there is no file of generation %d", m.state.Generation)
		}
		return
	}
	if want := m.saved[m.file.Generation]; want == nil || !reflect.DeepEqual(want.Routes, m.file.Routes) {
		t.Fatalf("I5: the file is %s, saved was %s", dump(m.file), dump(want))
	}
	if g := m.file.Generation; g > m.state.Generation || !m.full && g != m.state.Generation {
		t.Fatalf("I5: the file is of generation %d, the state of %d", g, m.state.Generation)
	}
}

// Render makes the body of a routing's file, which is JSON. The package that
// does so imports this one, so a test from outside of it sets Render.
var Render func(*Routing) ([]byte, error)

// i15: what is rendered parses and holds no template marker. That the proxy's own
// kind of decoder takes it is shown where it is rendered.
func i15(t *rapid.T, m *model) {
	if m.file == nil || m.file == m.read {
		return
	}
	m.read = m.file
	switch text, err := Render(m.file); {
	case err != nil:
		t.Fatalf("I15: %v\n%s", err, dump(m.file))
	case !json.Valid(text):
		t.Fatalf("I15: it does not parse: %s", text)
	case bytes.Contains(text, []byte("{{")):
		t.Fatalf("I15: a template marker in %s", text)
	}
}

// i7truly: what is stopped is not served, nor will it be by a proxy that comes
// back and reads the file. Exclusive services stop to be handed over.
func i7truly(t *rapid.T, m *model, c *Container) {
	for _, r := range []*Routing{m.live, m.file} {
		if r == nil || c.exclusive() {
			continue
		}
		for _, route := range r.Routes {
			for _, s := range route.Services {
				for _, b := range s.Backends {
					if slices.ContainsFunc(b.Servers, func(v Server) bool { return v.Container == c.ID }) {
						t.Fatalf("I7: %s is stopped, but served with generation %d", c.ID, r.Generation)
					}
				}
			}
		}
	}
}
