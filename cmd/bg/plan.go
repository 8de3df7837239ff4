package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bg/compose"
	"bg/controller/api"
	"bg/labels"
)

// plan is what a release would do: the JSON of bg plan. Times are as the
// labels have them, such as "5m".
type plan struct {
	App      string        `json:"app"`
	Project  string        `json:"project"`
	Files    []string      `json:"files"`
	Active   string        `json:"active"`   // the color that users get; "" if none or unknown
	Color    string        `json:"color"`    // of the release; "" if no controller answers
	Retires  string        `json:"retires"`  // the color that is retired after it; "" if none or unknown
	Services []planService `json:"services"` // sorted by kind and name
	Hooks    []planHook    `json:"hooks"`    // in the order in which they run
	Smoke    []planSmoke   `json:"smoke"`
	Promote  string        `json:"promote"` // "auto" or "manual"
	Canary   []int         `json:"canary"`  // percents on the way to 100
	Interval string        `json:"interval,omitempty"`
	Deadline string        `json:"deadline"`
	Soak     string        `json:"soak"`
	Drain    string        `json:"drain"`
	Retire   string        `json:"retire"`
	Notes    []planNote    `json:"notes"`
}

type planService struct {
	Name      string            `json:"name"`
	Kind      string            `json:"kind"` // "colored", "shared" or "hook"
	Image     string            `json:"image"`
	Build     bool              `json:"build,omitempty"`
	Replicas  int               `json:"replicas"`
	Exclusive bool              `json:"exclusive,omitempty"`
	Waits     map[string]string `json:"waits,omitempty"` // shared service -> condition
}

type planHook struct {
	Moment   string `json:"moment"` // the value of bg.hook
	Service  string `json:"service"`
	Deadline string `json:"deadline"`
	Manual   bool   `json:"manual,omitempty"` // a contract hook that waits for bg contract
}

type planSmoke struct {
	Service string `json:"service"`
	Name    string `json:"name"`
	Request string `json:"request"` // "GET /healthz"
	Expect  string `json:"expect"`  // "200-399, within 500ms"
	Via     string `json:"via"`     // "direct" or "proxy"
}

type planNote struct {
	Severity string `json:"severity"` // "info", "warning" or "error"
	Service  string `json:"service,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Text     string `json:"text"`
}

// moments are the values of bg.hook in the order in which they come.
var moments = []labels.Hook{labels.HookExpand, labels.HookSmoke, labels.HookPromoted, labels.HookContract, labels.HookDemoted}

// makePlan tells what releasing the project would do. With status nil, the
// colors are unknown.
func makePlan(project *compose.Project, status *api.Status) plan {
	p := plan{
		App: project.App, Project: project.Name, Files: append([]string{}, project.Files...),
		Services: []planService{}, Hooks: []planHook{}, Smoke: []planSmoke{}, Canary: []int{}, Notes: []planNote{},
		Promote: string(labels.Auto), Retire: string(labels.Stop),
	}
	var soak, drain, deadline time.Duration
	for _, s := range project.Services {
		p.Services = append(p.Services, planService{
			Name: s.Name, Kind: string(s.Kind), Image: s.Image, Build: s.Build, Replicas: s.Replicas, Exclusive: s.Exclusive, Waits: s.Waits,
		})
		switch s.Kind {
		case compose.Hook:
			p.Hooks = append(p.Hooks, planHook{
				Moment: string(s.Spec.Hook), Service: s.Name, Deadline: shortTime(s.Spec.Deadline),
				Manual: s.Spec.Hook == labels.HookContract && s.Spec.Promote == labels.Manual,
			})
		case compose.Colored:
			soak, drain, deadline = max(soak, s.Spec.Soak), max(drain, s.Spec.Drain), max(deadline, s.Spec.Deadline)
			p.take(s)
		}
	}
	p.Soak, p.Drain, p.Deadline = shortTime(soak), shortTime(drain), shortTime(deadline)
	slices.SortStableFunc(p.Services, func(a, b planService) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortStableFunc(p.Hooks, func(a, b planHook) int {
		return slices.Index(moments, labels.Hook(a.Moment)) - slices.Index(moments, labels.Hook(b.Moment))
	})
	for _, n := range project.Notes {
		p.Notes = append(p.Notes, planNote{Severity: n.Severity, Service: n.Service, Subject: n.Subject, Text: n.Text})
	}
	p.taken(project, status)
	p.place(status)
	return p
}

// take adds what one service's labels ask for, as the controller reads them:
// one that is manual, or kept, holds back all; the first ladder counts.
func (p *plan) take(s compose.Service) {
	if s.Spec.Promote == labels.Manual {
		p.Promote = string(labels.Manual)
	}
	if s.Spec.Retire == labels.Keep || s.Spec.Retire == labels.Remove && p.Retire != string(labels.Keep) {
		p.Retire = string(s.Spec.Retire)
	}
	if len(p.Canary) == 0 && len(s.Spec.Canary.Steps) > 0 {
		p.Canary, p.Interval = s.Spec.Canary.Steps, shortTime(s.Spec.Canary.Interval)
	}
	for _, t := range s.Spec.Smoke {
		expect := strconv.Itoa(t.Status.From)
		if t.Status.To != t.Status.From {
			expect += "-" + strconv.Itoa(t.Status.To)
		}
		if t.Body != "" {
			expect += fmt.Sprintf(", with %q in the body", t.Body)
		}
		if t.Latency > 0 {
			expect += ", within " + shortTime(t.Latency)
		}
		p.Smoke = append(p.Smoke, planSmoke{Service: s.Name, Name: t.Name, Request: t.Method + " " + t.Path, Expect: expect, Via: t.Via})
	}
}

// place tells the colors.
func (p *plan) place(status *api.Status) {
	if status == nil {
		return
	}
	p.Color = string(labels.Blue)
	for _, a := range status.Apps {
		if a.Name != p.App || a.Active == "" {
			continue
		}
		p.Active, p.Color = a.Active, string(labels.Color(a.Active).Other())
		if p.Retire != string(labels.Keep) {
			p.Retires = a.Active
		}
	}
}

// settle takes the release's color from the controller. An app whose users
// are on it already is one whose release is taken up late.
func (p *plan) settle(color string, a api.App) {
	p.Color = color
	if p.Active == color {
		p.Active, p.Retires = "", ""
		if other := string(labels.Color(color).Other()); find(a, other) != nil {
			p.Active = other
			if p.Retire != string(labels.Keep) {
				p.Retires = other
			}
		}
	}
}

// failed reports whether a note forbids the release.
func (p *plan) failed() bool {
	return slices.ContainsFunc(p.Notes, func(n planNote) bool { return n.Severity == compose.Error })
}

// asksForContract reports whether a contract hook waits for bg contract.
func (p *plan) asksForContract() bool {
	return slices.ContainsFunc(p.Hooks, func(h planHook) bool { return h.Manual })
}

// names lists the services of a kind.
func (p *plan) names(kind compose.Kind) []string {
	var names []string
	for _, s := range p.Services {
		if s.Kind == string(kind) {
			names = append(names, s.Name)
		}
	}
	return names
}

// exclusives lists the services of which there are never two colors.
func (p *plan) exclusives() []string {
	var names []string
	for _, s := range p.Services {
		if s.Exclusive {
			names = append(names, s.Name)
		}
	}
	return names
}

// work says what a step has to do, "" if nothing.
func (p *plan) work(step string) string {
	switch step {
	case api.StepPrepare:
		if n := len(p.names(compose.Shared)); n > 0 {
			return counted(n, "shared service")
		}
	case api.StepExpand:
		return p.hooks(labels.HookExpand)
	case api.StepStart:
		return strings.Join(p.names(compose.Colored), ", ")
	case api.StepSmoke:
		return joined(p.tests("direct"), p.hooks(labels.HookSmoke))
	case api.StepHandover:
		return strings.Join(p.exclusives(), ", ")
	case api.StepTraffic:
		return p.traffic()
	case api.StepVerify:
		return joined(p.tests("proxy"), p.hooks(labels.HookPromoted))
	case api.StepSoak:
		if p.Soak != "0s" {
			return p.Soak
		}
	case api.StepRetire:
		if p.Retires != "" {
			return p.Retires + " is stopped"
		}
	case api.StepContract:
		return p.hooks(labels.HookContract)
	}
	return ""
}

// traffic says how users get the new color.
func (p *plan) traffic() string {
	switch {
	case p.Promote == "": // a plan of which only the app is known
		return ""
	case p.Promote == string(labels.Manual):
		return "by bg promote"
	case len(p.Canary) == 0:
		return "at once"
	}
	var steps []string
	for _, percent := range p.Canary {
		steps = append(steps, strconv.Itoa(percent)+"%")
	}
	return strings.Join(steps, ", ") + " and 100%, " + p.Interval + " each"
}

func (p *plan) hooks(moment labels.Hook) string {
	n := 0
	for _, h := range p.Hooks {
		if h.Moment == string(moment) {
			n++
		}
	}
	return counted(n, "hook")
}

func (p *plan) tests(via string) string {
	n := 0
	for _, t := range p.Smoke {
		if t.Via == via {
			n++
		}
	}
	return counted(n, "test")
}

// counted is 1 hook, 2 hooks, or "" for none.
func counted(n int, what string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// joined joins what is not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
