package labels

import (
	"fmt"
	"time"

	"github.com/traefik/paerser/parser"
	"github.com/traefik/paerser/types"
)

// options are the bg.* labels as paerser fills them in. Its types.Duration
// takes a bare 30 for seconds; time.Duration would be 30 ns.
type options struct {
	Enable   bool
	App      string
	Color    string
	Port     int
	Promote  string
	Canary   canary
	Soak     types.Duration
	Drain    types.Duration
	Deadline types.Duration
	Retire   string
	Health   health
	Smoke    map[string]smoke
	Judge    judge
	Failover bool
	Sticky   bool
	Preview  Preview
	Hook     string
	Handover string
	Publish  []int
	Release  string
	Network  string
}

type canary struct {
	Steps    []int
	Interval types.Duration
}

type health struct {
	Path     string
	Interval types.Duration
	Timeout  types.Duration
	Status   string
	Latency  types.Duration
	Failures int
}

type judge struct {
	Enable  bool
	Status  string
	Errors  string
	Latency types.Duration
	Alpha   string
	Thin    string
}

type smoke struct {
	Path    string
	Method  string
	Status  string
	Body    string
	Latency types.Duration
	Header  map[string]string
	Via     string
}

// SetDefaults is called by paerser for each smoke test.
func (s *smoke) SetDefaults() {
	*s = smoke{Method: "GET", Status: "200-399", Via: "direct"}
}

func defaults() options {
	return options{
		Promote:  string(Auto),
		Canary:   canary{Interval: types.Duration(time.Minute)},
		Soak:     types.Duration(5 * time.Minute),
		Drain:    types.Duration(10 * time.Second),
		Deadline: types.Duration(10 * time.Minute),
		Retire:   string(Stop),
		Health: health{
			Interval: types.Duration(time.Second),
			Timeout:  types.Duration(2 * time.Second),
			Status:   "200-399",
			Failures: 3,
		},
		Judge:    judge{Enable: true, Status: "500-599", Alpha: "1%", Thin: string(ThinExtend)},
		Failover: true,
		Handover: string(Overlap),
	}
}

// decodeOptions checks each label by itself, as paerser's errors name none,
// and decodes those that are right.
func decodeOptions(labels map[string]string, p *problems) options {
	right := map[string]string{}
	for _, key := range sorted(labels) {
		value := labels[key]
		label, known := lookUp(key)
		switch {
		case !known:
			if name := meant(key); name != "" {
				p.add(key, value, "bg has no such label; did you mean %s?", name)
			} else {
				p.add(key, value, "bg has no such label; the README lists all of them")
			}
		case value == "":
			p.add(key, value, "the value is empty; give one or remove the label")
		default:
			if err := label.check(value); err != nil {
				p.add(key, value, "%v", err)
				continue
			}
			right[key] = value
		}
	}
	o := defaults()
	if len(right) > 0 {
		if err := parse(right, &o); err != nil {
			p.note("read the bg labels: %v; this is a fault in bg, please report it", err)
		}
	}
	for _, name := range sorted(o.Smoke) {
		if o.Smoke[name].Path == "" {
			p.note("the smoke test %s has no path; give label bg.smoke.%s.path", name, name)
		}
	}
	return o
}

// parse calls paerser, whose panics on odd keys become errors.
func parse(labels map[string]string, o *options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return parser.Decode(labels, o, "bg", "bg.")
}

// fill copies the options into a Spec.
func (o options) fill(s *Spec) {
	s.Promote = Promote(o.Promote)
	s.Canary = Canary{Steps: o.Canary.Steps, Interval: time.Duration(o.Canary.Interval)}
	s.Soak, s.Drain, s.Deadline = time.Duration(o.Soak), time.Duration(o.Drain), time.Duration(o.Deadline)
	s.Retire = Retire(o.Retire)
	s.Health.Path = o.Health.Path
	s.Health.Interval, s.Health.Timeout = time.Duration(o.Health.Interval), time.Duration(o.Health.Timeout)
	s.Health.Status = statusRange(o.Health.Status)
	s.Health.Latency, s.Health.Failures = time.Duration(o.Health.Latency), o.Health.Failures
	for _, name := range sorted(o.Smoke) {
		s.Smoke = append(s.Smoke, o.Smoke[name].test(name))
	}
	s.Failover, s.Sticky, s.Preview = o.Failover, o.Sticky, o.Preview
	s.Hook, s.Handover = Hook(o.Hook), Handover(o.Handover)
	s.Judge = Judge{
		Enable: o.Judge.Enable, Status: statusRange(o.Judge.Status), Errors: fraction(o.Judge.Errors),
		Latency: time.Duration(o.Judge.Latency), Alpha: fraction(o.Judge.Alpha), Thin: Thin(o.Judge.Thin),
	}
	s.Publish, s.Release = o.Publish, o.Release
}

func (s smoke) test(name string) Smoke {
	t := Smoke{
		Name: name, Path: s.Path, Method: s.Method, Status: statusRange(s.Status),
		Body: s.Body, Latency: time.Duration(s.Latency), Via: s.Via,
	}
	for _, header := range sorted(s.Header) {
		t.Headers = append(t.Headers, Header{Name: header, Value: s.Header[header]})
	}
	return t
}
