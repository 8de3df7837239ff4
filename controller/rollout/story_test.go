package rollout

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/labels"
)

// story plays an app's life look by look, as the controller would: each
// look is decided, and the proxy confirms at once unless it is told not to.
type story struct {
	t         *testing.T
	now       time.Time
	state     State
	seen      []*Container
	unready   bool // the proxy confirms nothing
	plan      Plan // of the last decision
	events    []Event
	generated int // decisions with a new routing

	blind    bool              // Docker does not answer
	proxy    *Proxy            // what it can do, as far as that is known
	failures map[string]string // containers that can't be started or stopped -> why
	policy   *Policy
	// What the traffic says of releases.
	judgments map[string]Judgment
	stage     stage
}

func begin(t *testing.T) *story {
	return &story{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
}

// decide makes one decision, checks that it leaves its input alone and that
// deciding again changes nothing, and restarts the controller.
func (s *story) decide(in Input) Plan {
	s.t.Helper()
	in.Now, in.Blind, in.Failures, in.Proxy, in.Judgments, in.Policy = s.now, s.blind, s.failures, s.proxy, s.judgments, s.policy
	if in.World == nil {
		in.World = world(s.seen...)
	}
	before := dump(s.state)
	next, plan := Decide(s.state, in)
	if after := dump(s.state); after != before {
		s.t.Fatalf("Decide changed the state that it was given\nfrom %s\nto   %s", before, after)
	}
	s.state, s.plan, s.events = next, plan, append(s.events, plan.Events...)
	if plan.Routing != nil {
		s.generated++
		if !s.unready {
			again := Input{Now: s.now, World: in.World, Confirmed: s.state.Generation, Blind: s.blind, Failures: s.failures, Proxy: s.proxy, Judgments: s.judgments, Policy: s.policy}
			live, p := Decide(s.state, again)
			if s.state = live; len(p.Events) > 0 && (s.app().Run == nil || s.app().Run.ID == "") {
				s.t.Fatalf("the confirmation alone leads to %v", p.Events)
			}
			s.events = append(s.events, p.Events...)
			s.plan.Actions, s.plan.Wake = p.Actions, p.Wake
		}
	}
	s.restart()
	again := Input{Now: s.now, World: in.World, Confirmed: s.state.Confirmed, Blind: s.blind, Failures: s.failures, Proxy: s.proxy, Judgments: s.judgments, Policy: s.policy}
	if again, p := Decide(s.state, again); dump(again) != dump(s.state) || len(p.Events) > 0 {
		s.t.Fatalf("deciding twice changes something\nfrom %s\nto   %s\nevents %v", dump(s.state), dump(again), p.Events)
	}
	if w := s.plan.Wake; !w.IsZero() && !w.After(s.now) {
		s.t.Fatalf("it is %v and wakes at %v", s.now, w)
	}
	return plan
}

// restart loses everything that is not in the saved state.
func (s *story) restart() { s.state = reload(s.state) }

func reload(s State) State {
	var loaded State
	if err := json.Unmarshal([]byte(dump(s)), &loaded); err != nil {
		panic(err)
	}
	return loaded
}

func dump(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// see looks once; settle looks, and once more when the set has settled.
func (s *story) see(seen ...*Container) *story {
	s.t.Helper()
	s.seen = seen
	s.decide(Input{})
	return s
}

func (s *story) settle(seen ...*Container) *story {
	s.t.Helper()
	return s.see(seen...).after(Settle)
}

func (s *story) after(d time.Duration) *story {
	s.t.Helper()
	s.now = s.now.Add(d)
	s.decide(Input{})
	return s
}

// run has an operator type a command such as "promote --force" or "canary
// 10", and wants it accepted.
func (s *story) run(line string) *story {
	s.t.Helper()
	if r := s.command(line); r.Refusal != "" {
		s.t.Fatalf("bg %s is refused: %s", line, r.Refusal)
	}
	return s
}

// refuses wants the command refused for a reason that holds text.
func (s *story) refuses(line, text string) *story {
	s.t.Helper()
	before := dump(s.state)
	if r := s.command(line); !strings.Contains(r.Refusal, text) {
		s.t.Fatalf("bg %s: refusal %q does not hold %q (message %q)", line, r.Refusal, text, r.Message)
	}
	if dump(s.state) != before {
		s.t.Fatalf("bg %s was refused and changed something", line)
	}
	return s
}

func (s *story) command(line string) Reply {
	s.t.Helper()
	c := Command{ID: "1", App: "shop", Actor: "ann"}
	for i, word := range strings.Fields(line) {
		option, value, _ := strings.Cut(word, "=")
		switch {
		case i == 0:
			c.Verb = Verb(word)
		case word == "--force":
			c.Force = true
		case word == "--full":
			c.Full = true
		case word == "--keep":
			c.Keep = true
		case option == "by":
			c.Actor = value
		case option == "digest":
			c.Digest = value
		case option == "release":
			c.Release = value
		case option == "message":
			c.Message = value
		case option == "from":
			c.From = new(int)
			fmt.Sscan(value, c.From)
		case option == "containers":
			fmt.Sscan(value, &c.Containers)
		default:
			fmt.Sscan(word, &c.Percent)
		}
	}
	plan := s.decide(Input{Commands: []Command{c}})
	if len(plan.Replies) != 1 || plan.Replies[0].ID != "1" {
		s.t.Fatalf("bg %s: replies %v", line, plan.Replies)
	}
	return plan.Replies[0]
}

func (s *story) app() *App {
	if app := s.state.Apps["shop"]; app != nil {
		return app
	}
	return &App{}
}

// serves wants the servers of each service, such as "web: 90 blue-web, 10
// green-web".
func (s *story) serves(want ...string) *story {
	s.t.Helper()
	if got := serving(s.app().Route); !slices.Equal(got, want) {
		s.t.Fatalf("served is\n  %s\nwant\n  %s\nafter %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), changes(s.events))
	}
	return s
}

func serving(r *Route) []string {
	var out []string
	if r == nil {
		return nil
	}
	for _, service := range r.Services {
		var parts []string
		for _, b := range service.Backends {
			part := fmt.Sprint(b.Weight)
			for _, v := range b.Servers {
				part += " " + v.Container
			}
			parts = append(parts, part)
		}
		out = append(out, service.Name+": "+strings.Join(parts, ", "))
	}
	return out
}

// roles wants both colors' roles.
func (s *story) roles(blue, green Role) *story {
	s.t.Helper()
	if a := s.app(); a.Blue.Role != blue || a.Green.Role != green {
		s.t.Fatalf("roles are %q and %q, want %q and %q, after %s", a.Blue.Role, a.Green.Role, blue, green, changes(s.events))
	}
	return s
}

// told wants the last events, such as "promote 0/100 ann".
func (s *story) told(want ...string) *story {
	s.t.Helper()
	if got := changes(s.events[max(0, len(s.events)-len(want)):]); got != strings.Join(want, "; ") {
		s.t.Fatalf("told is %s, want %s", got, strings.Join(want, "; "))
	}
	return s
}

func changes(events []Event) string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%s %d/%d %s", e.Change, e.Blue, e.Green, e.Actor))
	}
	return strings.Join(out, "; ")
}

func world(seen ...*Container) *World {
	w := &World{Containers: slices.Clone(seen)}
	slices.SortFunc(w.Containers, func(a, b *Container) int { return strings.Compare(a.ID, b.ID) })
	return w
}

// blue and green make a container of the app shop. Name is the service,
// with a mark behind it where there are several: "web", "web/2", "web@v2".
func blue(name string, c Condition, change ...func(*Container)) *Container {
	return container(labels.Blue, name, c, change...)
}

func green(name string, c Condition, change ...func(*Container)) *Container {
	return container(labels.Green, name, c, change...)
}

func container(color labels.Color, name string, condition Condition, change ...func(*Container)) *Container {
	service := name[:strings.IndexAny(name+"@", "/@")]
	c := &Container{
		ID: string(color) + "-" + name, Name: string(color) + "-" + name, Condition: condition,
		Spec: &labels.Spec{App: "shop", Color: color, Service: service, Promote: labels.Auto, Soak: 5 * time.Minute, Drain: 10 * time.Second, Deadline: 10 * time.Minute, Retire: labels.Stop, HTTP: labels.HTTP{
			Routers:  []labels.Router{{Name: service, Service: service, Options: `{"rule":"Host('` + service + `')","priority":9}`}},
			Services: []labels.Service{{Name: service, Port: 80, Scheme: "http", Server: "{}", Options: "{}"}},
		}},
	}
	asking(service+".shop", 9)(c)
	for _, f := range change {
		f(c)
	}
	if c.Address == "" && condition != Created && condition != Offline {
		c.Address = address(c)
	}
	return c
}

// address is where a container always is.
func address(c *Container) string {
	h := fnv.New32()
	h.Write([]byte(c.Spec.App + c.ID))
	return fmt.Sprintf("10.%d.%d.%d", byte(h.Sum32()>>16), byte(h.Sum32()>>8), byte(h.Sum32()))
}

func manual(c *Container) { c.Spec.Promote = labels.Manual }

func hook(c *Container) { c.Spec.Hook = labels.HookExpand }

func invalid(c *Container) {
	c.Invalid = "label bg.port: \"http\" is no port\nand more"
	c.Spec = &labels.Spec{App: c.Spec.App, Color: c.Spec.Color, Service: c.Spec.Service}
}

func unrouted(c *Container) { c.Spec.HTTP, c.Spec.Claims = labels.HTTP{}, nil }

func port(p int) func(*Container) {
	return func(c *Container) { c.Spec.HTTP.Services[0].Port = p }
}

func of(app string) func(*Container) {
	return func(c *Container) {
		c.Spec.App, c.ID = app, app+"-"+c.ID
		asking(c.Spec.Service+"."+app, 9)(c)
	}
}

// asking has the container's only router be for a host, or for many.
func asking(host string, rank int64) func(*Container) {
	return func(c *Container) {
		c.Spec.Claims = []labels.Claim{{Name: host, Rank: rank}}
		c.Spec.HTTP.Claims = c.Spec.Claims
	}
}

func detail(text string) func(*Container) { return func(c *Container) { c.Detail = text } }

func at(address string) func(*Container) { return func(c *Container) { c.Address = address } }
