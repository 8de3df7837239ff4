package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/labels"
)

// stage is what a story plays besides the controller: Docker, the smoke
// tests and the client of bg deploy.
type stage struct {
	codes  map[string]int    // hook service -> exit code; 0 where it is not given
	hangs  map[string]bool   // services of hooks that never end, and of others that never get ready
	faults map[string]string // smoke test -> what is wrong
	silent bool              // smoke tests give no answer
	gone   bool              // the client was killed
	busy   bool              // containers take their time to stop
	acts   []string          // what was carried out, such as "start green-web@b"
}

// part describes a container of a release before its color is known.
type part func(c labels.Color, mark string) *Container

func service(name string, change ...func(*Container)) part {
	return func(c labels.Color, mark string) *Container {
		return container(c, name+"@"+mark, Created, change...)
	}
}

func job(name string, kind labels.Hook, change ...func(*Container)) part {
	change = append([]func(*Container){unrouted, func(c *Container) { c.Spec.Hook = kind }}, change...)
	return service(name, change...)
}

func worker(name string, change ...func(*Container)) part {
	return service(name, append([]func(*Container){unrouted, exclusive}, change...)...)
}

func exclusive(c *Container) { c.Spec.Handover = labels.Exclusive }

func retire(r labels.Retire) func(*Container) { return func(c *Container) { c.Spec.Retire = r } }

func ladder(interval time.Duration, steps ...int) func(*Container) {
	return func(c *Container) { c.Spec.Canary = labels.Canary{Steps: steps, Interval: interval} }
}

func smoke(name, via string) func(*Container) {
	return func(c *Container) {
		c.Spec.Port = 80
		c.Spec.Smoke = append(c.Spec.Smoke, labels.Smoke{Name: name, Path: "/", Via: via})
	}
}

// ship has bg deploy release the parts under a digest of one letter, up to
// where the release has come to stand. The containers' IDs end in it.
func (s *story) ship(digest string, parts ...part) *story {
	s.t.Helper()
	s.create(digest, parts...)
	return s.proceed()
}

// create plays the client up to where all containers are created.
func (s *story) create(digest string, parts ...part) *story {
	s.t.Helper()
	s.run("begin digest=" + strings.Repeat(digest, 8)).play()
	for range 100 {
		if s.release().Step != Clear {
			break
		}
		s.pass(tick)
	}
	r := s.at(Prepare).release()
	s.seen = slices.DeleteFunc(slices.Clone(s.seen), func(c *Container) bool { return c.Spec.Color == r.Color })
	for _, p := range parts {
		c := p(r.Color, digest)
		c.Spec.Release = r.ID
		s.seen = append(s.seen, c)
	}
	s.decide(Input{})
	return s
}

// proceed tells the controller that all containers are created.
func (s *story) proceed() *story {
	s.t.Helper()
	r, n := s.release(), 0
	for _, c := range s.seen {
		if c.Spec.Release == r.ID {
			n++
		}
	}
	s.run(fmt.Sprintf("proceed release=%s containers=%d", r.ID, n)).play()
	if s.release().Step == Start {
		s.after(Settle).play()
	}
	return s
}

// play carries out what is wanted, and what the client does by itself, until
// nothing is left to do without time.
func (s *story) play() *story {
	s.t.Helper()
	for range 100 {
		verdicts, moved := s.act(), false
		if r := s.release(); r.Outcome == "" && r.Step == Start && !s.stage.gone && !r.Revived {
			moved = s.up(r.Color)
		}
		if !moved && len(verdicts) == 0 && !s.stage.moved(&s.stage) {
			return s
		}
		s.decide(Input{Verdicts: verdicts})
		if moved {
			s.after(Settle)
		}
	}
	s.t.Fatalf("it never comes to rest: %v", s.plan.Actions)
	return s
}

// moved reports whether acts has grown since the last call.
func (*stage) moved(s *stage) bool {
	n := len(s.acts)
	grown := n > 0 && s.acts[n-1] != ""
	if grown {
		s.acts = append(s.acts, "")
	}
	return grown
}

// act carries out the actions of the last plan.
func (s *story) act() (verdicts []Verdict) {
	s.t.Helper()
	for _, a := range s.plan.Actions {
		if a.Kind == ActTest {
			if !s.stage.silent {
				verdicts = append(verdicts, Verdict{Key: a.Key, Fault: s.verdict(a.Tests)})
			}
			continue
		}
		i := slices.IndexFunc(s.seen, func(c *Container) bool { return c.ID == a.Container })
		if i < 0 {
			s.t.Fatalf("%s of a container that is not there: %+v", a.Kind, a)
		}
		c := *s.seen[i]
		c.Address = address(&c)
		stage := &s.stage
		switch running := c.runs(); {
		case s.failures[c.ID] != "", a.Kind == ActStart && running, a.Kind == ActStop && (!running || stage.busy):
			continue
		case a.Kind == ActStop:
			c.Condition, c.Code = Exited, 137
		case c.Spec.Hook != "" && stage.hangs[c.Spec.Service]:
			c.Condition, c.Ran = Unchecked, true
		case c.Spec.Hook != "":
			c.Condition, c.Ran, c.Code = Exited, true, stage.codes[c.Spec.Service]
		case stage.hangs[c.Spec.Service]:
			c.Condition, c.Ran = Starting, true
		default:
			c.Condition, c.Ran = Ready, true
		}
		stage.acts = append(stage.acts, string(a.Kind)+" "+c.ID)
		s.seen[i] = &c
	}
	return verdicts
}

func (s *story) verdict(tests []Test) string {
	for _, test := range tests {
		if fault := s.stage.faults[test.Smoke.Name]; fault != "" {
			return fault
		}
	}
	return ""
}

// up plays docker compose up -d: it starts what is not bg's to start.
func (s *story) up(color labels.Color) (moved bool) {
	for i, c := range s.seen {
		if c.Spec.Color != color || c.Condition != Created || c.Spec.Hook != "" || c.exclusive() {
			continue
		}
		next := *c
		next.Condition, next.Ran, next.Address = Ready, true, address(c)
		if s.stage.hangs[c.Spec.Service] {
			next.Condition = Starting
		}
		s.seen[i], moved = &next, true
	}
	return moved
}

// pass lets time go by, as the controller does with its ticks.
func (s *story) pass(d time.Duration) *story {
	s.t.Helper()
	for d > 0 {
		s.after(min(d, tick)).play()
		d -= tick
	}
	return s
}

// turn gives a container another condition and looks.
func (s *story) turn(id string, to Condition, change ...func(*Container)) *story {
	s.t.Helper()
	i := slices.IndexFunc(s.seen, func(c *Container) bool { return c.ID == id })
	if i < 0 {
		s.t.Fatalf("there is no container %s", id)
	}
	c := *s.seen[i]
	c.Condition, c.Ran, c.Address = to, true, address(&c)
	for _, f := range change {
		f(&c)
	}
	s.seen = slices.Clone(s.seen)
	s.seen[i] = &c
	return s.after(time.Millisecond).play()
}

func (s *story) condition(id string) Condition {
	for _, c := range s.seen {
		if c.ID == id {
			return c.Condition
		}
	}
	return ""
}

// is wants a container's condition.
func (s *story) is(id string, want Condition) *story {
	s.t.Helper()
	if got := s.condition(id); got != want {
		s.t.Fatalf("%s is %q, want %q; done was %v", id, got, want, s.did())
	}
	return s
}

// release returns the app's run; never nil.
func (s *story) release() *Run {
	if r := s.app().Run; r != nil {
		return r
	}
	return &Run{Outcome: Done}
}

// at wants the release to be under way at a step.
func (s *story) at(step Step) *story {
	s.t.Helper()
	if r := s.release(); r.Step != step || r.Outcome != "" {
		s.t.Fatalf("the release is at %q (%q: %s), want %q; %s; done was %v", r.Step, r.Outcome, r.Cause, step, changes(s.events), s.did())
	}
	return s
}

// ended wants the release to have ended so, with a cause that holds text.
func (s *story) ended(o Outcome, text string) *story {
	s.t.Helper()
	if r := s.release(); r.Outcome != o || !strings.Contains(r.Cause, text) {
		s.t.Fatalf("the release is at %q (%q: %s), want %q: %s; %s; done was %v", r.Step, r.Outcome, r.Cause, o, text, changes(s.events), s.did())
	}
	return s
}

// waits wants what the status says about the release under way.
func (s *story) waits(text string) *story {
	s.t.Helper()
	if got := Views(s.state, world(s.seen...), nil)[0].Waits; !strings.Contains(got, text) {
		s.t.Fatalf("it waits for %q, want %q", got, text)
	}
	return s
}

func (s *story) did() []string {
	return slices.DeleteFunc(slices.Clone(s.stage.acts), func(a string) bool { return a == "" })
}

// acted wants all that Docker was asked for since the last call, in order.
func (s *story) acted(want ...string) *story {
	s.t.Helper()
	if got := s.did(); !slices.Equal(got, want) {
		s.t.Fatalf("done was %v, want %v", got, want)
	}
	s.stage.acts = nil
	return s
}

// noted wants a line of that kind in the history.
func (s *story) noted(c Change, text string) *story {
	s.t.Helper()
	if !slices.ContainsFunc(s.events, func(e Event) bool { return e.Change == c && strings.Contains(e.Cause, text) }) {
		s.t.Fatalf("nothing in the history is %s: %s", c, text)
	}
	return s
}

// live is an app whose release a is live, alone.
func live(s *story, parts ...part) *story {
	s.t.Helper()
	if len(parts) == 0 {
		parts = []part{service("web")}
	}
	s.ship("a", parts...).ended(Done, "all users have blue")
	s.stage.acts, s.events = nil, nil
	return s
}
