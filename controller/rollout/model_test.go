package rollout

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bg/labels"
)

// TestDecideHoldsItsInvariants lets apps live through everything that can
// befall them, in any order, and checks every invariant after every step.
func TestDecideHoldsItsInvariants(t *testing.T) {
	checks(t, 20_000, 500)
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		t.Repeat(map[string]func(*rapid.T){
			"release":    m.release,
			"get ready":  m.getReady,
			"get ready ": m.getReady,
			"change":     m.change,
			"recreate":   m.recreate,
			"remove":     m.remove,
			"lose sight": m.loseSight,
			"command":    m.command,
			"command ":   m.command,
			"wait":       m.wait,
			"settle":     m.settle,
			"settle ":    m.settle,
			"confirm":    m.confirm,
			"refuse":     m.refuse,
			"restart":    m.restart,
		})
	})
}

// checks sets rapid's number of sequences where the command line does not.
func checks(t *testing.T, long, short int) {
	fixSeed(t)
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	n := long
	if testing.Short() {
		n = short
	}
	t.Cleanup(func() { f.Value.Set(f.DefValue) })
	f.Value.Set(fmt.Sprint(n))
}

// fixSeed makes a run tell the same each time, where the command line does not
// ask for another: -rapid.seed=N replays one, and any N explores anew.
func fixSeed(t *testing.T) {
	f := flag.Lookup("rapid.seed")
	if f.Value.String() != f.DefValue {
		return
	}
	t.Cleanup(func() { f.Value.Set(f.DefValue) })
	f.Value.Set("20261123")
	t.Log("seed", f.Value)
}

// model is a world of containers, and the controller's view of it.
type model struct {
	now        time.Time
	state      State
	containers []*Container // never changed, only replaced; sorted by ID
	births     int
	confirmed  uint64
	actions    []Action          // wanted by the last decision
	wake       time.Time         // of the last decision
	failures   map[string]string // containers that could not be started or stopped
	notes      notes

	// What the invariants remember by themselves.
	sets   map[place]string    // the containers of a color
	since  map[place]time.Time // since when
	ready  map[string]bool     // containers that were ever seen ready
	blamed map[place][]string  // containers that a demotion was for
}

// place is one color of one app.
type place struct {
	app   string
	color labels.Color
}

func newModel() *model {
	return &model{
		now:  time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		sets: map[place]string{}, since: map[place]time.Time{}, ready: map[string]bool{}, blamed: map[place][]string{},
		failures: map[string]string{}, notes: newNotes(),
	}
}

var (
	anyApp      = rapid.SampledFrom([]string{"shop", "shop", "api"})
	anyColor    = rapid.SampledFrom(labels.Colors[:])
	anyPercent  = rapid.SampledFrom([]int{0, 1, 10, 50, 99, 100, 101})
	anyVerb     = rapid.SampledFrom([]Verb{Promote, Canary, Canary, Rollback})
	anyBad      = rapid.SampledFrom([]Condition{Exited, Unhealthy, Paused, Restarting, Stopping, Offline, Starting, Created})
	anyServices = rapid.SampledFrom([][]string{{"web"}, {"web", "api"}, {"web", "web"}, {"web", "web", "api"}})
	anyPause    = rapid.SampledFrom([]time.Duration{time.Millisecond, 700 * time.Millisecond, time.Hour, -time.Hour, -time.Second})
	sometimes   = rapid.SampledFrom([]bool{false, false, false, false, true})
)

func anyPlace(t *rapid.T) place { return place{anyApp.Draw(t, "app"), anyColor.Draw(t, "color")} }

// release brings new containers up in a color, in place of some old ones.
func (m *model) release(t *rapid.T) {
	p := anyPlace(t)
	if !sometimes.Draw(t, "beside the old ones") {
		m.drop(func(c *Container) bool { return m.belongs(c, p) })
	}
	manual := rapid.Bool().Draw(t, "manual")
	for _, service := range anyServices.Draw(t, "services") {
		m.create(p, service, manual)
	}
	m.step(t, Input{})
}

func (m *model) create(p place, service string, manual bool) {
	m.births++
	c := &Container{
		ID:   fmt.Sprintf("%s-%s-%s-%03d", p.app, p.color, service, m.births),
		Spec: &labels.Spec{App: p.app, Color: p.color, Service: service, Promote: labels.Auto, Soak: 5 * time.Minute, Drain: 10 * time.Second, Deadline: 10 * time.Minute, Retire: labels.Stop, HTTP: routing[service]},
	}
	if c.Name, c.Condition = c.ID, Created; manual {
		c.Spec.Promote = labels.Manual
	}
	m.put(c)
}

var routing = map[string]labels.HTTP{"web": routed("web", 80), "api": routed("api", 80)}

func routed(service string, port int) labels.HTTP {
	return labels.HTTP{
		Routers:  []labels.Router{{Name: service, Service: service, Options: "{}"}},
		Services: []labels.Service{{Name: service, Port: port, Scheme: "http"}},
	}
}

// getReady makes all containers of a color ready, as most releases do.
func (m *model) getReady(t *rapid.T) {
	p := anyPlace(t)
	for _, c := range slices.Clone(m.containers) {
		if m.belongs(c, p) && c.Spec.Hook == "" && !c.exclusive() {
			m.turn(c, Ready)
		}
	}
	m.step(t, Input{})
}

// restart has the controller come back with what was saved.
func (m *model) restart(t *rapid.T) {
	m.state = Resume(reload(m.state))
	m.notes.blind()
	m.step(t, Input{})
}

// change lets something happen to one container.
func (m *model) change(t *rapid.T) {
	if len(m.containers) == 0 {
		return
	}
	switch c := rapid.SampledFrom(m.containers).Draw(t, "container"); rapid.IntRange(0, 7).Draw(t, "what") {
	case 0:
		if c.Spec.Release != "" {
			return // bg deploy has checked them
		}
		spoiled := *c
		spoiled.Invalid, spoiled.Spec = "label bg.port is bad", &labels.Spec{App: c.Spec.App, Color: c.Spec.Color, Service: c.Spec.Service}
		m.put(&spoiled)
	case 1, 2:
		m.turn(c, Ready)
	default:
		m.turn(c, anyBad.Draw(t, "condition"))
	}
	m.step(t, Input{})
}

// recreate replaces one container, scales up by one, or brings one with
// other labels beside it.
func (m *model) recreate(t *rapid.T) {
	if len(m.containers) == 0 {
		return
	}
	c := rapid.SampledFrom(m.containers).Draw(t, "container")
	if c.Spec.Hook != "" || c.exclusive() {
		return
	}
	m.create(place{c.Spec.App, c.Spec.Color}, c.Spec.Service, c.Spec.Promote == labels.Manual)
	if sometimes.Draw(t, "on another port") {
		m.newest().Spec.HTTP = routed(c.Spec.Service, 81)
	}
	if rapid.Bool().Draw(t, "in place") {
		m.drop(func(o *Container) bool { return o.ID == c.ID })
	}
	m.step(t, Input{})
}

func (m *model) newest() *Container {
	suffix := fmt.Sprintf("-%03d", m.births)
	return m.containers[slices.IndexFunc(m.containers, func(o *Container) bool { return strings.HasSuffix(o.ID, suffix) })]
}

func (m *model) remove(t *rapid.T) {
	if len(m.containers) == 0 {
		return
	}
	c := rapid.SampledFrom(m.containers).Draw(t, "container")
	all := rapid.Bool().Draw(t, "its whole color")
	m.drop(func(o *Container) bool {
		return o.ID == c.ID || all && m.belongs(o, place{c.Spec.App, c.Spec.Color})
	})
	m.step(t, Input{})
}

// loseSight makes containers unknown: nothing else happens.
func (m *model) loseSight(t *rapid.T) {
	one, disagree := rapid.IntRange(0, 3).Draw(t, "which"), map[string]bool{}
	for name := range m.state.Apps {
		v := (&step{model: m, before: m.state, after: m.state}).view(name)
		disagree[name] = !v.agreed(labels.Blue) || !v.agreed(labels.Green)
	}
	for i, c := range slices.Clone(m.containers) {
		if one == 3 || i%3 == one {
			m.turn(c, Unknown)
		}
	}
	before := m.state
	m.step(t, Input{})
	i10(t, before, m.state, disagree)
}

func (m *model) command(t *rapid.T) {
	c := Command{ID: "1", App: anyApp.Draw(t, "app"), Verb: anyVerb.Draw(t, "verb"), Force: sometimes.Draw(t, "force"), Actor: "ann"}
	if c.Verb == Canary {
		c.Percent = anyPercent.Draw(t, "percent")
	}
	in := Input{Commands: []Command{c}}
	if sometimes.Draw(t, "before the first look") {
		m.blind(t, in)
		return
	}
	m.step(t, in)
}

func (m *model) wait(t *rapid.T) {
	m.now = m.now.Add(anyPause.Draw(t, "pause"))
	m.step(t, Input{})
}

func (m *model) settle(t *rapid.T) {
	m.now = m.now.Add(Settle)
	m.step(t, Input{})
}

func (m *model) confirm(t *rapid.T) {
	m.confirmed = m.state.Generation
	m.step(t, Input{})
}

func (m *model) refuse(t *rapid.T) {
	if m.state.Generation > m.confirmed {
		m.step(t, Input{Refused: m.state.Generation, Reason: "bad rule"})
	}
}

func (m *model) belongs(c *Container, p place) bool {
	return c.Spec.App == p.app && c.Spec.Color == p.color
}

// turn gives a container a condition, and an address or none with it. The
// lowest address is given out first, so that most had another owner before.
func (m *model) turn(c *Container, to Condition) {
	if c.Condition == to {
		return
	}
	next := *c
	next.Condition = to
	next.Ran = next.Ran || to != Created && to != Unknown
	next.Code = 0
	switch to {
	case Exited, Created, Offline, Restarting:
		next.Address = ""
	case Unknown: // nothing is known, the last address least of all
	default:
		for n := 1; next.Address == "" || m.taken(&next); n++ {
			next.Address = fmt.Sprintf("10.0.0.%d", n)
		}
	}
	m.put(&next)
}

// taken reports whether another container has the address. Nobody knows of
// one out of sight whether it still has what it had.
func (m *model) taken(c *Container) bool {
	return slices.ContainsFunc(m.containers, func(o *Container) bool {
		return o.ID != c.ID && o.Address == c.Address && o.Condition != Unknown
	})
}

func (m *model) put(c *Container) {
	i, found := slices.BinarySearchFunc(m.containers, c.ID, func(o *Container, id string) int { return strings.Compare(o.ID, id) })
	if !found {
		m.containers = slices.Insert(slices.Clone(m.containers), i, c)
		return
	}
	m.containers = slices.Clone(m.containers)
	m.containers[i] = c
}

func (m *model) drop(gone func(*Container) bool) {
	m.containers = slices.DeleteFunc(slices.Clone(m.containers), gone)
}
