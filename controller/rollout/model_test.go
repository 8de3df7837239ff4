package rollout

import (
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
	explore(t, 60_000, 1_000, func(t *rapid.T) {
		m := newModel()
		m.house(t)
		all := m.befall()
		often(all, 2, "release", m.release)
		often(all, 3, "get ready", m.getReady)
		often(all, 2, "recreate", m.recreate)
		often(all, 3, "settle", m.settle)
		t.Repeat(all)
	})
}

// often gives an action n times the chance of one.
func often(all map[string]func(*rapid.T), n int, name string, f func(*rapid.T)) {
	for i := range n {
		all[name+strings.Repeat(" ", i)] = f
	}
}

// house brings an app up before anything befalls it, mostly: one color, or
// both of them.
func (m *model) house(t *rapid.T) {
	p := place{"shop", anyColor.Draw(t, "first")}
	for range rapid.IntRange(0, 2).Draw(t, "colors") {
		manual := rapid.Bool().Draw(t, "manual")
		for _, service := range anyServices.Draw(t, "services") {
			m.create(p, service, manual)
			m.turn(m.newest(), Ready)
		}
		m.step(t, Input{})
		m.confirm(t)
		m.settle(t)
		m.confirm(t)
		p.color = p.color.Other()
	}
}

// befall returns all that may happen to everybody.
func (m *model) befall() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){
		"":           m.pass, // after each action
		"change":     m.change,
		"remove":     m.remove,
		"move":       m.move,
		"lie":        m.lie,
		"flap":       m.flap,
		"lose sight": m.loseSight,
		"look":       m.lookBack,
		"doubt":      m.doubt,
		"probe":      m.probe,
		"blind":      func(t *rapid.T) { m.step(t, Input{Blind: true}) },
		"wait":       m.wait,
		"settle":     m.settle,
		"serve":      m.serve,
		"forget":     m.forget,
		"refuse":     m.refuse,
		"learn":      m.learn,
		"judge":      m.judge,
		"restart":    m.restart,
		"strike":     m.strike,
	}
	often(all, 4, "command", m.command)
	often(all, 3, "confirm", m.confirm)
	return all
}

// model is a world of containers, and the controller's view of it.
type model struct {
	now        time.Time
	moments    time.Duration // makes no two times the same
	containers []*Container  // as Docker says; never changed, only replaced; sorted by ID
	births     int
	lives      int              // that began
	checks     map[string]Check // of bg itself, by container
	notes      notes
	judgments  map[string]Judgment
	quits      bool // clients give up rather than wait
	controller
	proxy

	copies copies

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
		copies: copies{}, notes: newNotes(), checks: map[string]Check{}, judgments: map[string]Judgment{},
		controller: controller{failures: map[string]string{}}, proxy: proxy{saved: map[uint64]*Routing{}},
	}
}

var (
	anyApp      = rapid.SampledFrom([]string{"shop", "shop", "api"})
	anyColor    = rapid.SampledFrom(labels.Colors[:])
	anyPercent  = rapid.SampledFrom([]int{0, 1, 10, 50, 99, 100, 101})
	anyVerb     = rapid.SampledFrom([]Verb{Promote, Promote, Canary, Canary, Rollback, Rollback, Pause, GoOn, GoOn, PutLock, LiftLock, LiftLock, AskContract, GiveUp, Proceed})
	anyBad      = rapid.SampledFrom([]Condition{Exited, Unhealthy, Paused, Restarting, Stopping, Offline, Starting, Created, Unproven})
	anyServices = rapid.SampledFrom([][]string{{"web"}, {"web", "api"}, {"web", "web"}, {"web", "web", "api"}})
	anyPause    = rapid.SampledFrom([]time.Duration{time.Millisecond, 700 * time.Millisecond, time.Hour, -time.Hour, -time.Second, 7 * 24 * time.Hour})
	sometimes   = rapid.SampledFrom([]bool{false, false, false, false, true})
)

func anyPlace(t *rapid.T) place { return place{anyApp.Draw(t, "app"), anyColor.Draw(t, "color")} }

// release brings new containers up in a color, in place of some old ones.
func (m *model) release(t *rapid.T) {
	p := anyPlace(t)
	if !sometimes.Draw(t, "beside the old ones") {
		m.drop(func(c *Container) bool { return m.belongs(c, p) })
	}
	manual, claim := rapid.Bool().Draw(t, "manual"), anyClaim.Draw(t, "claim")
	visit := anyVisit(t)
	for _, service := range anyServices.Draw(t, "services") {
		m.create(p, service, manual)
		visit(m.newest().Spec)
		contest(m.newest().Spec, claim)
	}
	m.step(t, Input{})
}

// anyVisit returns what some labels say of visitors.
func anyVisit(t *rapid.T) func(*labels.Spec) {
	sticky := rapid.Bool().Draw(t, "sticky")
	preview := rapid.SampledFrom([]labels.Preview{{}, {}, {Header: "X-Preview=1"}, {Host: "next.test"}}).Draw(t, "preview")
	return func(s *labels.Spec) { s.Sticky, s.Preview = sticky, preview }
}

func (m *model) create(p place, service string, manual bool) {
	m.births++
	c := &Container{
		ID: fmt.Sprintf("%s-%s-%s-%03d", p.app, p.color, service, m.births),
		Spec: &labels.Spec{
			App: p.app, Color: p.color, Service: service, Port: 80, Promote: labels.Auto, Soak: 20 * time.Second, Drain: 10 * time.Second,
			Deadline: 30 * time.Second, Retire: labels.Stop, HTTP: routing[service],
			Judge: labels.Judge{Enable: true, Alpha: 0.01, Thin: labels.ThinExtend}, Health: labels.Health{Set: m.births%2 == 0, Failures: 3},
		},
	}
	if c.Name, c.Condition = c.ID, Created; manual {
		c.Spec.Promote = labels.Manual
	}
	contest(c.Spec, labels.Claim{})
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
	contest(m.newest().Spec, anyClaim.Draw(t, "claim"))
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

func (m *model) belongs(c *Container, p place) bool {
	return c.Spec.App == p.app && c.Spec.Color == p.color
}

// turn gives a container a condition, and an address or none with it. The
// lowest address is given out first, so that most had another owner before.
// Who gets ready has passed bg's own check too.
func (m *model) turn(c *Container, to Condition) {
	if c.Condition == to && (to != Ready || m.checks[c.ID].Passed) {
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
		if c.Started.IsZero() || !c.runs() || c.Condition == Restarting {
			m.begin(&next)
		}
		if next.Address == "" || m.taken(&next) {
			m.address(&next)
		}
	}
	if m.put(&next); to == Ready {
		m.checks[c.ID] = Check{Started: next.Started, Address: next.Address, Passed: true}
	}
}

// begin makes another life of c begin, the latest of all.
func (m *model) begin(c *Container) {
	m.lives++
	c.Started = time.Unix(int64(m.lives), 0)
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
